package server

import (
	"context"
	"errors"
	"testing"

	"strowger/internal/call"
)

// heldOnce counts holds and releases.
type heldOnce struct{ held, released int }

func (h *heldOnce) Hold(call.Key) func() {
	h.held++
	return func() { h.released++ }
}

// answering is a board with one answer.
type answering func() (call.Answer, error)

func (a answering) Command(context.Context, call.Key, call.Command) (call.Answer, error) { return a() }
func (answering) Look(context.Context, call.Key) (call.State, error)                     { return call.State{}, nil }

func TestWhatACommandCausesIsHeldUntilItsAnswerIsWritten(t *testing.T) {
	events := &heldOnce{}
	full := errors.New("no room")
	c := commands{answering(func() (call.Answer, error) {
		if events.held != 1 {
			t.Error("the command was given before events were held")
		}
		return call.Answer{}, full
	}), events}
	_, release, err := c.Do(t.Context(), "k", call.TerminateCall{})
	if !errors.Is(err, full) || events.released != 0 {
		t.Fatalf("%v: released %d times", err, events.released)
	}
	if release(); events.released != 1 {
		t.Errorf("released %d times", events.released)
	}
}

func TestACommandThatPanicsHoldsNothingBack(t *testing.T) {
	events := &heldOnce{}
	defer func() {
		if recover() == nil || events.held != 1 || events.released != 1 {
			t.Errorf("held %d times, released %d times", events.held, events.released)
		}
	}()
	c := commands{answering(func() (call.Answer, error) { panic("a mistake") }), events}
	_, _, _ = c.Do(t.Context(), "k", call.TerminateCall{})
}
