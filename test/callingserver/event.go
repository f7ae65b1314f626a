package callingserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Locator names a call, by its serverCallId or by the GUID of its group. Events of
// November have one too.
type Locator struct {
	Kind         string `json:"kind"`
	ServerCallID string `json:"serverCallId,omitempty"`
	GroupCallID  string `json:"groupCallId,omitempty"`
}

// ByServerCall names a call by its serverCallId.
func ByServerCall(id string) Locator { return Locator{Kind: "serverCallLocator", ServerCallID: id} }

// ByGroup names a call by the GUID of its group.
func ByGroup(id string) Locator { return Locator{Kind: "groupCallLocator", GroupCallID: id} }

// Tone is a key that was pressed; the SequenceID counts those of a connection from 1.
type Tone struct {
	SequenceID int    `json:"sequenceId"`
	Tone       string `json:"tone"`
}

// Event is what an application is told. Its data have the members of every type
// under the names of the version that it has asked for.
type Event struct {
	ID      string    `json:"id"`
	Source  string    `json:"source"`
	Type    string    `json:"type"` // without "Microsoft.Communication."
	Time    time.Time `json:"time"`
	Subject string    `json:"subject"`
	Data    EventData `json:"data"`
}

// EventData are the data of an event of any type and version.
type EventData struct {
	CallConnectionID    string        `json:"callConnectionId"`
	CallConnectionState string        `json:"callConnectionState"`
	ServerCallID        string        `json:"serverCallId"` // June, August
	CallLocator         *Locator      `json:"callLocator"`  // November
	ToneInfo            *Tone         `json:"toneInfo"`
	Status              Status        `json:"status"`
	ResultInfo          *ResultInfo   `json:"resultInfo"`    // June, August
	ResultDetails       *ResultInfo   `json:"resultDetails"` // November
	OperationID         string        `json:"operationId"`   // November
	OperationContext    string        `json:"operationContext"`
	Participants        []Participant `json:"participants"`
	RecordingID         string        `json:"recordingId"`
	State               string        `json:"state"`              // June, August
	CallRecordingState  string        `json:"callRecordingState"` // November
	StartDateTime       *time.Time    `json:"startDateTime"`
}

// Call is the serverCallId, however the version says it.
func (d EventData) Call() string {
	if d.CallLocator != nil {
		return d.CallLocator.ServerCallID
	}
	return d.ServerCallID
}

// Result is how an operation ended, however the version says it; nil where nothing
// is said.
func (d EventData) Result() *ResultInfo {
	if d.ResultDetails != nil {
		return d.ResultDetails
	}
	return d.ResultInfo
}

// RecordingState is the state of a recording, however the version says it.
func (d EventData) RecordingState() string { return d.State + d.CallRecordingState }

const eventTypes = "Microsoft.Communication."

// members are those of each type of event: what must be there, then what may be.
var members = map[bool]map[string][2]string{
	false: {
		"CallConnectionStateChanged": {"callConnectionState callConnectionId", "serverCallId"},
		"DtmfReceived":               {"toneInfo callConnectionId", ""},
		"PlayAudioResult":            {"status resultInfo", "operationContext"},
		"AddParticipantResult":       {"status", "resultInfo operationContext"},
		"ParticipantsUpdated":        {"callConnectionId participants", ""},
		"CallRecordingStateChanged":  {"state startDateTime recordingId serverCallId", ""},
	},
	true: {
		"CallConnectionStateChanged": {"callConnectionState callConnectionId", "callLocator"},
		"ToneReceived":               {"toneInfo callConnectionId callLocator", ""},
		"PlayAudioResult":            {"status resultDetails operationId callLocator", "operationContext"},
		"AddParticipantResult":       {"status operationId callLocator", "resultDetails operationContext"},
		"ParticipantsUpdated":        {"callConnectionId participants callLocator", ""},
		"CallRecordingStateChanged":  {"callRecordingState startDateTime recordingId callLocator", ""},
		"TransferCallResult":         {"status operationId callLocator", "resultDetails operationContext"},
	},
}

// ParseEvent reads the body of a callback as the samples of the SDK did: its only
// event is element 0 of an array.
func ParseEvent(version Version, body []byte) (Event, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return Event{}, fmt.Errorf("read the callback: %w", err)
	}
	if len(all) != 1 {
		return Event{}, fmt.Errorf("a callback has %d events", len(all))
	}
	var cloudEvent struct {
		Event
		SpecVersion string `json:"specversion"`
		ContentType string `json:"datacontenttype"`
	}
	if err := decode(all[0], &cloudEvent); err != nil {
		return Event{}, fmt.Errorf("read the event %s: %w", all[0], err)
	}
	e := cloudEvent.Event
	if e.ID == "" || e.Source == "" || e.Subject == "" || e.Time.IsZero() || cloudEvent.SpecVersion != "1.0" || cloudEvent.ContentType != "application/json" {
		return Event{}, fmt.Errorf("the envelope %s is not whole", all[0])
	}
	e.Type = strings.TrimPrefix(e.Type, eventTypes)
	var raw struct {
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal(all[0], &raw); err != nil {
		return Event{}, fmt.Errorf("read the event's data: %w", err)
	}
	if err := published(members[version == November], e.Type, raw.Data); err != nil {
		return Event{}, fmt.Errorf("%s: %w", all[0], err)
	}
	return e, nil
}

// published reports what in an event is not as its version publishes it.
func published(types map[string][2]string, kind string, data map[string]any) error {
	allowed, ok := types[kind]
	if !ok {
		return errors.New("the version has no such event")
	}
	required := strings.Fields(allowed[0])
	for _, name := range required {
		if _, ok := data[name]; !ok {
			return fmt.Errorf("%s is missing", name)
		}
	}
	for name := range data {
		if !slices.Contains(required, name) && !slices.Contains(strings.Fields(allowed[1]), name) {
			return fmt.Errorf("the version has no %s there", name)
		}
	}
	return nil
}
