package journal_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strowger/internal/call"
	"strowger/internal/journal"
)

func of[E call.Event]() *rapid.Generator[call.Event] {
	return rapid.Map(rapid.Make[E](), func(e E) call.Event { return e })
}

func anyEvent() *rapid.Generator[call.Event] {
	return rapid.OneOf(
		of[call.CallConnected](), of[call.CallDisconnected](), of[call.CreateCallFailed](), of[call.AnswerFailed](),
		of[call.ParticipantsUpdated](), of[call.AddParticipantSucceeded](), of[call.AddParticipantFailed](),
		of[call.RemoveParticipantSucceeded](), of[call.PlayStarted](), of[call.PlayCompleted](), of[call.PlayCanceled](),
		of[call.PlayFailed](), of[call.RecognizeCompleted](), of[call.RecognizeCanceled](), of[call.RecognizeFailed](),
		of[call.IncomingCall](), of[call.CallStarted](), of[call.CallEnded](), of[call.CallParticipantAdded](),
		of[call.CallParticipantRemoved](),
	)
}

func TestNothingOfARecordIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		state := rapid.Make[call.State]().Draw(t, "state")
		events := rapid.SliceOfN(anyEvent(), 0, 4).Draw(t, "events")
		at := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "time"), 17).UTC()
		body, err := journal.Encode(state, events, at, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := journal.Decode(journal.Message{Stream: 1, Sequence: 2, Body: body})
		if err != nil {
			t.Fatal(err)
		}
		again, err := r.State()
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, state) {
			t.Errorf("state\n%#v became\n%#v", state, again)
		}
		if len(r.Events) != len(events) || len(events) > 0 && !reflect.DeepEqual(r.Events, events) {
			t.Errorf("events\n%#v became\n%#v", events, r.Events)
		}
		if r.Call != state.ID || r.Step != state.Step || !r.Time.Equal(at) || !r.Started.IsZero() {
			t.Errorf("head %v %v %v %v", r.Call, r.Step, r.Time, r.Started)
		}
	})
}

func TestARecordOfAnotherVersionIsAClearError(t *testing.T) {
	body, err := journal.Encode(stateOf(1, 1), played("x"), time.Now(), time.Time{})
	must(t, err)
	for name, change := range map[string][2]string{
		"a newer format":     {`"Format":1`, `"Format":2`},
		"an unknown event":   {`"PlayCompleted"`, `"PlayRewound"`},
		"a new event field":  {`"Context":`, `"Mood":"good","Context":`},
		"a new record field": {`"Step":1`, `"Stride":2,"Step":1`},
		"no JSON":            {`{`, `(`},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(string(body), change[0], change[1], 1)
			_, err := journal.Decode(journal.Message{Body: []byte(changed)})
			if !errors.Is(err, journal.ErrUnreadable) {
				t.Errorf("got %v", err)
			}
		})
	}
	changed := strings.Replace(string(body), `"Phase":`, `"Moon":"full","Phase":`, 1)
	r, err := journal.Decode(journal.Message{Body: []byte(changed)})
	must(t, err)
	if _, err := r.State(); !errors.Is(err, journal.ErrUnreadable) {
		t.Errorf("a new field of the state gave %v", err)
	}
}

func FuzzRecordsDoNotPanic(f *testing.F) {
	body, _ := journal.Encode(stateOf(1, 1), played("x"), time.Now(), time.Time{})
	f.Add(body)
	f.Add([]byte(`{"Format":1,"Events":[{"Type":"CallEnded","Body":null}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := journal.Decode(journal.Message{Body: body})
		if err != nil && !errors.Is(err, journal.ErrUnreadable) {
			t.Errorf("got %v", err)
		}
		if _, err := r.State(); err != nil && !errors.Is(err, journal.ErrUnreadable) {
			t.Errorf("got %v", err)
		}
	})
}
