package legtest

import (
	"context"
	"testing"
	"testing/synctest"

	"strowger/internal/call"
)

func TestEffectsComeInOrderAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var legs Legs
		go func() {
			legs.Perform(call.Ring{Leg: "a/1"})
			legs.Perform(call.AnswerLeg{Leg: "a/1"})
		}()
		if e := legs.Next(t.Context()); e != (call.Ring{Leg: "a/1"}) {
			t.Errorf("first %v", e)
		}
		if e := legs.Next(t.Context()); e != (call.AnswerLeg{Leg: "a/1"}) {
			t.Errorf("second %v", e)
		}
		if n := len(legs.Effects()); n != 2 {
			t.Errorf("%d effects", n)
		}
	})
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if e := new(Legs).Next(ctx); e != nil {
			t.Errorf("%v came from nowhere", e)
		}
	})
}
