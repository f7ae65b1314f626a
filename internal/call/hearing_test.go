package call_test

import (
	"reflect"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/call/calltest"
)

func TestWhoHasHeardAPlayIsToldWithItsEnd(t *testing.T) {
	c := call.New(calltest.Call)
	var events []call.Event
	hearing := []call.Hearing{{Participant: "4:+1", Sent: 2 * time.Second, Reported: time.Second, Received: time.Second}}
	for _, in := range []call.Input{
		call.CreateCall{Connection: calltest.Connection("c1"), Targets: []call.Address{"4:+1"}},
		call.LegAnswered{Leg: call.NewLegID(calltest.Call, 1)},
		call.Play{Connection: calltest.Connection("c1"), Sources: []call.PlaySource{{File: "http://a/1.wav"}}},
		call.PlayerFinished{Operation: 1, Hearing: hearing},
	} {
		out, err := c.Step(calltest.Start, in)
		if err != nil {
			t.Fatal(err)
		}
		events = out.Events
	}
	if len(events) != 1 || !reflect.DeepEqual(events[0].(call.PlayCompleted).Hearing, hearing) {
		t.Errorf("told %+v", events)
	}
}
