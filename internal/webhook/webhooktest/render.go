package webhooktest

import (
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook"
)

// Call is the call of Record.
var Call = call.NewID([16]byte{1, 2, 3, 4, 5, 6, 7, 8})

// Record is a record of Call with some events.
func Record(events ...call.Event) journal.Record {
	return journal.Record{Call: Call, Step: 7, Time: time.Date(2026, 9, 15, 11, 36, 15, 719352700, time.UTC), Events: events}
}

// To is an application with a connection to Call.
func To(version string) call.Recipient {
	connection, err := call.NewConnectionID(Call.Key(), [8]byte{9})
	if err != nil {
		panic(err)
	}
	return call.Recipient{Connection: connection, CallbackURI: "https://app.example.com/", Version: version, Context: "order 66"}
}

// Told insists that a family tells each event, in the form of the golden file with
// its name.
func Told(t *testing.T, f webhook.Family, events map[string]call.Event) {
	t.Helper()
	for name, e := range events {
		t.Run(name, func(t *testing.T) {
			m, told, err := f.Render(Record(e), 0)
			if err != nil || !told {
				t.Fatalf("told %v, %v", told, err)
			}
			Golden(t, name+".json", m.Body)
		})
	}
}

// Untold insists that a family tells none of the events.
func Untold(t *testing.T, f webhook.Family, events map[string]call.Event) {
	t.Helper()
	for name, e := range events {
		if _, told, err := f.Render(Record(e), 0); told || err != nil {
			t.Errorf("%s: told %v, %v", name, told, err)
		}
	}
}
