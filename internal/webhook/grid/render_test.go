package grid_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"strowger/internal/access"
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook/grid"
	"strowger/internal/webhook/webhooktest"
)

const resource = "9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11"

var (
	id    = call.NewID([16]byte{1, 2, 3, 4, 5, 6, 7, 8})
	alice = call.Address("8:acs:" + resource + "_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01")
	bob   = call.Address("8:acs:" + resource + "_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c02")
	phone = call.PhoneAddress("+14255550101")
)

// readable seals nothing, so that golden files stay the same.
type readable struct{ err error }

func (r readable) Seal(o access.IncomingContext) (string, error) {
	return fmt.Sprintf("%s incoming %d from %s to %s", o.CallID, o.IncomingID, o.From, o.To), r.err
}

func record(e call.Event) journal.Record {
	at := time.Date(2026, 9, 15, 11, 36, 15, 719352700, time.UTC)
	return journal.Record{Call: id, Step: 7, Time: at, Started: at.Add(-90500 * time.Millisecond), Events: []call.Event{e}}
}

// events are one of each kind and of each shape that a kind has.
func events() map[string]call.Event {
	subject := call.Subject{StartedBy: alice, TwoParty: true}
	return map[string]call.Event{
		"IncomingCall-phone": call.IncomingCall{
			Subject: subject, Incoming: 1, From: phone, FromName: "not shown", To: call.PhoneAddress("+14255550100"),
		},
		"IncomingCall-user": call.IncomingCall{
			Subject: subject, Incoming: 2, From: alice, FromName: "Alice", To: bob, OnBehalfOf: phone,
			SIPHeaders: map[string]string{"X-Order": "66"}, VoIPHeaders: map[string]string{"mood": "good"},
		},
		"RecordingFileReady": call.RecordingFileReady{Subject: subject, Recording: call.NewRecordingID(id, 1), Spec: call.RecordingSpec{Format: call.WAV, Unmixed: true},
			File: call.RecordedFile{Started: time.Date(2026, 9, 15, 11, 0, 0, 0, time.UTC), Duration: 90500 * time.Millisecond, Reason: call.RecordingStopped,
				Chunks: []call.RecordedChunk{{Document: "20260915T110000Z-1-0", EndReason: call.ChunkLong}, {Document: "20260915T110000Z-1-1", EndReason: call.ChunkSessionEnded}}}},
		"CallStarted":            call.CallStarted{Subject: subject},
		"CallStarted-group":      call.CallStarted{Subject: call.Subject{StartedBy: alice, Group: "a0000000-0000-4000-8000-000000000001"}},
		"CallEnded":              call.CallEnded{Subject: subject, By: bob, Cause: call.Cause{Reason: call.EndedByParticipant}},
		"CallEnded-by-server":    call.CallEnded{Subject: subject, Cause: call.Cause{Reason: call.ShutDown}},
		"CallParticipantAdded":   call.CallParticipantAdded{Subject: subject, User: bob, Name: "Bob", Leg: call.NewLegID(id, 2)},
		"CallParticipantRemoved": call.CallParticipantRemoved{Subject: subject, User: bob, Name: "Bob", Leg: call.NewLegID(id, 2)},
	}
}

func TestEventsAreRenderedAsPublished(t *testing.T) {
	for name, e := range events() {
		t.Run(name, func(t *testing.T) {
			m, err := grid.New(resource, "https://recordings.example.com", readable{}).Render(record(e), 0)
			if err != nil {
				t.Fatal(err)
			}
			webhooktest.Golden(t, name+".json", m.Body)
		})
	}
}

func TestAContextThatCannotBeSealedIsAnError(t *testing.T) {
	broken := errors.New("broken")
	if _, err := grid.New(resource, "https://recordings.example.com", readable{broken}).Render(record(call.IncomingCall{}), 0); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := grid.New(resource, "https://recordings.example.com", readable{}).Render(record(call.PlayStarted{}), 0); err == nil {
		t.Error("an event of a connection was rendered for subscribers")
	}
}

func TestEveryEventOfTheRulesHasAPublishedForm(t *testing.T) {
	webhooktest.EveryEventHasAForm[call.ForSubscribers](t, events())
}
