package wire

import (
	"encoding/json"
	"fmt"
)

// CloudEvent is the envelope of a callback (CloudEvents 1.0, JSON format).
type CloudEvent struct {
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Data            json.RawMessage `json:"data"`
	Time            Time            `json:"time"`
	SpecVersion     string          `json:"specversion"`
	DataContentType string          `json:"datacontenttype"`
	Subject         string          `json:"subject"`
}

// NewCloudEvent wraps data, which is encoded at once. Source and subject are
// the same text in every recording: "calling/callConnections/<id>", without a
// leading slash.
func NewCloudEvent(id, eventType, subject string, at Time, data any) (CloudEvent, error) {
	encoded, err := json.Marshal(data)
	if err != nil {
		return CloudEvent{}, fmt.Errorf("encode data of %s: %w", eventType, err)
	}
	return CloudEvent{
		ID:              id,
		Source:          subject,
		Type:            eventType,
		Data:            encoded,
		Time:            at,
		SpecVersion:     "1.0",
		DataContentType: "application/json",
		Subject:         subject,
	}, nil
}

// EncodeCallback is the body of a callback: an array with exactly one event,
// because applications read the first element and no other.
func EncodeCallback(e CloudEvent) ([]byte, error) {
	body, err := json.Marshal([1]CloudEvent{e})
	if err != nil {
		return nil, fmt.Errorf("encode callback %s: %w", e.ID, err)
	}
	return body, nil
}
