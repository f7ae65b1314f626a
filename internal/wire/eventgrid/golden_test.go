package eventgrid

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var golden = map[string]func() any{
	"RecordingFileStatusUpdated": func() any { return new(RecordingFileStatusUpdated) },
	"IncomingCall":               func() any { return new(IncomingCall) },
	"CallStarted":                func() any { return new(CallStarted) },
	"CallEnded":                  func() any { return new(CallEnded) },
	"CallParticipantAdded":       func() any { return new(CallParticipant) },
	"CallParticipantRemoved":     func() any { return new(CallParticipant) },
	"SubscriptionValidation":     func() any { return new(SubscriptionValidationData) },
}

func TestEventsSurviveDecodingAndEncoding(t *testing.T) {
	for name, make := range golden {
		t.Run(name, func(t *testing.T) {
			document, err := os.ReadFile(filepath.Join("..", "testdata", "eventgrid", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			event := one(t, document)
			data := make()
			if err := json.Unmarshal(event.Data, data); err != nil {
				t.Fatal(err)
			}
			again, err := NewEvent(Head{event.ID, event.Topic, event.Subject, event.EventType, event.EventTime}, data)
			if err != nil {
				t.Fatal(err)
			}
			body, err := Encode(again)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(parse(t, body), parse(t, document)) {
				t.Errorf("encoded again it says\n%s\ninstead of\n%s", body, document)
			}
		})
	}
}

func TestSubjectsAreThePublishedOnes(t *testing.T) {
	for name, subject := range map[string]func(e Event) string{
		"IncomingCall": func(e Event) string {
			var d IncomingCall
			decode(t, e, &d)
			return IncomingCallSubject(d.From.RawID, d.To.RawID)
		},
		"CallStarted": func(e Event) string {
			var d CallStarted
			decode(t, e, &d)
			return CallStartedSubject(d.ServerCallID, d.StartedBy.CommunicationIdentifier.RawID)
		},
		"CallEnded": func(e Event) string {
			var d CallEnded
			decode(t, e, &d)
			return CallEndedSubject(d.ServerCallID)
		},
		"CallParticipantAdded": func(e Event) string {
			var d CallParticipant
			decode(t, e, &d)
			return CallParticipantSubject(d.ServerCallID, d.User.CommunicationIdentifier.RawID)
		},
		"RecordingFileStatusUpdated": func(Event) string {
			return RecordingSubject("7f0d2c8e-94c4-4f0b-8a5b-0b3f2f4a6d55", "aHR0cHM6Ly9jb252LnN0cm93Z2VyLmludmFsaWQvY29udi9h", "r-1")
		},
	} {
		document, err := os.ReadFile(filepath.Join("..", "testdata", "eventgrid", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		event := one(t, document)
		if got := subject(event); got != event.Subject {
			t.Errorf("subject of %s is %q, want %q", name, got, event.Subject)
		}
	}
}

func TestTheTopicNamesTheResource(t *testing.T) {
	topic := Topic("9F4B0D6E-0c1a-4a57-9d5b-5f6f0a4c2b11")
	if !strings.HasSuffix(topic, "/communicationservices/9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11") {
		t.Error(topic)
	}
}

func one(t *testing.T, document []byte) Event {
	t.Helper()
	var batch []Event
	if err := json.Unmarshal(document, &batch); err != nil || len(batch) != 1 {
		t.Fatalf("not an array of one event: %v", err)
	}
	return batch[0]
}

func decode(t *testing.T, e Event, into any) {
	t.Helper()
	if err := json.Unmarshal(e.Data, into); err != nil {
		t.Fatal(err)
	}
}

func parse(t *testing.T, document []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(document, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
