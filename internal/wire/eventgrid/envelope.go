package eventgrid

import (
	"encoding/json"
	"fmt"
	"strings"

	"strowger/internal/wire"
)

const typePrefix = "Microsoft.Communication."

// Values of the header aeg-event-type, which tells a delivery from a handshake.
const (
	HeaderEventType        = "aeg-event-type"
	Notification           = "Notification"
	SubscriptionValidation = "SubscriptionValidation"
)

// Event is the envelope (schema EventGridEvent).
type Event struct {
	ID              string          `json:"id"`
	Topic           string          `json:"topic"`
	Subject         string          `json:"subject"`
	Data            json.RawMessage `json:"data"`
	EventType       string          `json:"eventType"`
	DataVersion     string          `json:"dataVersion"`
	MetadataVersion string          `json:"metadataVersion"`
	EventTime       wire.Time       `json:"eventTime"`
}

// Head is what an envelope says beside its data.
type Head struct {
	ID        string
	Topic     string
	Subject   string
	EventType string
	At        wire.Time
}

// NewEvent wraps data, which is encoded at once.
func NewEvent(h Head, data any) (Event, error) {
	encoded, err := json.Marshal(data)
	if err != nil {
		return Event{}, fmt.Errorf("encode data of %s: %w", h.EventType, err)
	}
	return Event{
		ID:              h.ID,
		Topic:           h.Topic,
		Subject:         h.Subject,
		Data:            encoded,
		EventType:       h.EventType,
		DataVersion:     "1.0",
		MetadataVersion: "1",
		EventTime:       h.At,
	}, nil
}

// Encode is the body of a delivery: an array of one.
func Encode(e Event) ([]byte, error) {
	body, err := json.Marshal([1]Event{e})
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	return body, nil
}

// Topic is the resource that publishes. The parts of a cloud resource's path
// that a server of one's own does not have are filled with the resource's id.
func Topic(resourceID string) string {
	id := strings.ToLower(resourceID)
	return "/subscriptions/" + id + "/resourcegroups/strowger/providers/microsoft.communication/communicationservices/" + id
}
