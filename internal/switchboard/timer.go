package switchboard

import (
	"cmp"
	"context"
	"slices"
	"time"

	"strowger/internal/call"
)

// clock gives the time of steps. Within a process it never jumps: a correction
// of the wall clock ends no call.
type clock struct{ start time.Time }

func (c clock) now() time.Time { return c.start.Add(time.Since(c.start)) }

// next is what the call acts upon next. That the server stops comes first. A timer
// that is due comes before what waits in the mailbox, so that a call which was
// loaded too late finds its time over as one that was there would have. It fails
// when ctx is done.
//
// Timers are part of the state that is stored, and the state says which run:
// a call that was loaded has those that it had.
func (a *actor) next(ctx context.Context) (message, error) {
	stopping := a.stopping()
	select {
	case <-stopping:
		return newMessage(signal, call.NodeStopping{}), nil
	default:
	}
	var due <-chan time.Time
	t, runs := nextTimer(a.call.State().Timers)
	fired := newMessage(signal, call.TimerFired{Timer: t.ID})
	if runs {
		left := t.Due.Sub(a.board.clock.now())
		if left <= 0 {
			return fired, nil
		}
		alarm := time.NewTimer(left)
		defer alarm.Stop()
		due = alarm.C
	}
	select {
	case m := <-a.mailbox:
		return m, nil
	case <-due:
		return fired, nil
	case <-stopping:
		return newMessage(signal, call.NodeStopping{}), nil
	case <-ctx.Done():
		return message{}, ctx.Err()
	}
}

// stopping is closed when the call has to end because the server stops. A call that
// has not begun has its first input before it.
func (a *actor) stopping() <-chan struct{} {
	if !a.begun() {
		return nil
	}
	return a.board.stopping
}

// nextTimer is the one that is due first.
func nextTimer(timers []call.Timer) (call.Timer, bool) {
	if len(timers) == 0 {
		return call.Timer{}, false
	}
	return slices.MinFunc(timers, func(a, b call.Timer) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	}), true
}
