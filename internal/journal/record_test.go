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
		again, err := journal.StateOf(journal.Message{Body: body})
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
		"a newer form":       {`"Format":3`, `"Format":4`},
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
	if _, err := journal.StateOf(journal.Message{Body: []byte(changed)}); !errors.Is(err, journal.ErrUnreadable) {
		t.Errorf("a new field of the state gave %v", err)
	}
}

func FuzzRecordsDoNotPanic(f *testing.F) {
	whole, _ := journal.Encode(typicalState(), played("x"), time.Now(), time.Time{})
	change, _ := journal.EncodeChange(typicalState(), stateOf(1, 2), nil, time.Now(), time.Time{})
	f.Add(whole)
	f.Add(change)
	f.Add([]byte(`{"Format":3,"Events":[{"Type":"CallEnded","Body":null}],"State":null}`))
	f.Add([]byte(`{"Format":3,"Change":{"Set":{"Media":7},"Lists":{"Participants":{"Gone":[1],"Put":[{"Leg":null}]}}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := journal.Decode(journal.Message{Body: body}); err != nil && !errors.Is(err, journal.ErrUnreadable) {
			t.Errorf("got %v", err)
		}
		if _, err := journal.StateOf(journal.Message{Body: whole}, journal.Message{Body: body}); err != nil && !errors.Is(err, journal.ErrUnreadable) {
			t.Errorf("got %v", err)
		}
		if _, err := journal.StateOf(journal.Message{Body: body}, journal.Message{Body: change}); err != nil && !errors.Is(err, journal.ErrUnreadable) {
			t.Errorf("got %v", err)
		}
	})
}

// What is left of a record, whatever it is, is enough for the rules to end the call.
func FuzzWhatIsSalvagedCanBeEnded(f *testing.F) {
	for _, m := range golden(f, story{name: "media"}.goldenFile(1)) {
		f.Add(m.Body)
	}
	f.Add([]byte(`{"Call":7,"State":{"Connections":[{"ID":1},{"ID":"00070000-0000-4000-8100-000000000000","Targets":7}],"Participants":7}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		base := journal.Message{Key: storyCall.Key(), Sequence: 8, Body: []byte(`{"State":{"Participants":[{"Leg":"x"},7]}}`)}
		for _, c := range []call.State{
			journal.Salvage(journal.Message{Key: storyCall.Key(), Sequence: 9, Body: body}),
			journal.Salvage(base, journal.Message{Key: storyCall.Key(), Sequence: 9, Base: 8, Before: 8, Body: body}),
		} {
			canBeEnded(t, call.Restore(c))
		}
	})
}

func canBeEnded(t *testing.T, c *call.Call) {
	t.Helper()
	if c.State().ID.Key() != storyCall.Key() || c.State().Step == 0 {
		t.Errorf("salvaged %+v", c.State())
	}
	if _, err := c.Step(someTime, call.NodeRestarted{}); err != nil || !c.Over() {
		t.Errorf("the call cannot be ended: %v", err)
	}
}

func TestWhatIsSalvagedSaysWhomToTellAndWhosePhonesToHangUp(t *testing.T) {
	m := wholeGolden(t, "media", 2)
	for name, change := range map[string]func(record map[string]any){
		"a newer major form":     func(r map[string]any) { r["Format"] = 99 },
		"a state of other types": func(r map[string]any) { r["State"].(map[string]any)["Media"] = 7; r["Started"] = "never" },
	} {
		t.Run(name, func(t *testing.T) {
			m.Body = newer(t, m.Body, change)
			s := journal.Salvage(m)
			out, err := call.Restore(s).Step(someTime, call.NodeRestarted{})
			must(t, err)
			told, hungUp := toldAndHungUp(out)
			if told != 1 || hungUp != 2 || s.Step != 3 {
				t.Errorf("at step %d %d applications are told and %d phones hung up", s.Step, told, hungUp)
			}
		})
	}
}
