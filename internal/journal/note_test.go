package journal_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
)

// recordsOf are those of a call, as they can be read now.
func recordsOf(t *testing.T, j *journal.Journal, n int) (all []journal.Record) {
	t.Helper()
	must(t, j.Records(t.Context(), callID(n).Key(), func(r journal.Record) error {
		all = append(all, r)
		return nil
	}))
	return all
}

func TestARecordNotesItsInputAndWhatWasRefusedBeforeIt(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		log := j.Begin(callID(1).Key())
		log.Noted(call.CreateCall{
			Repeatable: call.Repeatable{RequestID: "secret"}, Context: "a b", Targets: []call.Address{"4:+15550100", "8:acs:x_y"},
			App: call.Application{CallbackURI: "https://app.example/events?token=secret"},
		}, call.Answer{Connection: &call.Properties{Connection: "c"}}, nil)
		state := stateOf(1, 1)
		state.Participants = []call.Participant{{Leg: call.NewLegID(callID(1), 2), Address: "4:+15550100"}}
		must(t, log.Append(t.Context(), state, played("first")))
		for i := range 20 {
			log.Noted(call.Play{Operation: call.Operation{Context: fmt.Sprint(i)}}, call.Answer{}, errors.New("the call is busy"))
		}
		log.Noted(call.LegEnded{
			Leg: call.NewLegID(callID(1), 2), Cause: call.Cause{Reason: call.Busy, SIPStatus: 486, SIPPhrase: "Busy Here", Q850: 17},
		}, call.Answer{}, nil)
		must(t, log.Append(t.Context(), stateOf(1, 2), nil))
		must(t, log.Append(t.Context(), stateOf(1, 3), nil))
		all := recordsOf(t, j, 1)
		if len(all) != 3 || len(all[0].Notes) != 1 || len(all[1].Notes) != 17 || len(all[2].Notes) != 0 {
			t.Fatalf("records %+v", all)
		}
		if n := all[0].Notes[0]; !n.Command || n.Input != "CreateCall" || n.Answer != "connection=c" ||
			n.Details != "callbackuri=https://app.example/events context=\"a\u00a0b\" targets=4:+15550100,8:acs:x_y" {
			t.Errorf("the command is noted as %+v", n)
		}
		if n := all[1].Notes[0]; n.Input != "Play" || n.Details != "context=4" || n.Refused != "the call is busy" || n.At.IsZero() {
			t.Errorf("the first of the last sixteen refusals is noted as %+v", n)
		}
		if n := all[1].Notes[16]; n.Command || n.Details != "leg=2 cause=busy\u00a0(SIP\u00a0486\u00a0Busy\u00a0Here)\u00a0(Q.850\u00a017) who=4:+15550100" {
			t.Errorf("the signal is noted as %+v", n)
		}
	})
}

func TestWhatALogDidNotStoreIsNotedOnce(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		log := j.Begin(callID(1).Key())
		log.Noted(call.HangUpCall{}, call.Answer{}, nil)
		done, cancel := context.WithCancel(t.Context())
		cancel()
		if err := log.Append(done, stateOf(1, 1), nil); err == nil {
			t.Fatal("appended after its time")
		}
		_, log, err := j.Load(t.Context(), callID(1).Key())
		if errors.Is(err, journal.ErrNotFound) {
			log = j.Begin(callID(1).Key())
		}
		log.Noted(call.NodeStopping{}, call.Answer{}, nil)
		must(t, log.Append(t.Context(), stateOf(1, 1), nil))
		if notes := recordsOf(t, j, 1)[0].Notes; len(notes) != 1 || notes[0].Input != "NodeStopping" {
			t.Errorf("noted %+v", notes)
		}
	})
}

func TestANoteIsBoundedWhateverTheInputHolds(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		log := j.Begin(callID(1).Key())
		long := strings.Repeat("ü", 5000)
		for range 100 {
			log.Noted(call.CreateCall{Context: long, SourceName: long, Targets: make([]call.Address, 1000)}, call.Answer{}, errors.New(long))
		}
		must(t, log.Append(t.Context(), stateOf(1, 1), nil))
		notes := recordsOf(t, j, 1)[0].Notes
		if len(notes) != 16 {
			t.Errorf("%d notes", len(notes))
		}
		for _, n := range notes {
			if len(n.Details) > 400 || len(n.Refused) > 400 || !strings.HasSuffix(n.Refused, "ü…") {
				t.Fatalf("a note of %d and %d bytes, %q", len(n.Details), len(n.Refused), n.Refused)
			}
		}
	})
}

func TestAnUnknownCallHasNoRecords(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		err := j.Records(t.Context(), callID(9).Key(), func(journal.Record) error { return nil })
		if !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
}

func TestJottingsAreReadInOrderByStreamAndTime(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		began := time.Now()
		for i := range 100 {
			must(t, j.Jot(t.Context(), 0, fmt.Append(nil, i)))
		}
		must(t, j.Jot(t.Context(), 1, []byte("of another")))
		read := func(stream int, since time.Time) (all []string) {
			must(t, j.Jotted(t.Context(), stream, since, func(d []byte) error {
				all = append(all, string(d))
				return nil
			}))
			return all
		}
		if all := read(0, began.Add(-time.Minute)); len(all) != 100 || all[0] != "0" || all[99] != "99" {
			t.Errorf("read %q", all)
		}
		if all := read(1, began.Add(-time.Minute)); len(all) != 1 {
			t.Errorf("read %q", all)
		}
		if all := read(0, time.Now().Add(time.Minute)); len(all) != 0 {
			t.Errorf("read %q of the future", all)
		}
	})
}
