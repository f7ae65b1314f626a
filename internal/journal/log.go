package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"strowger/internal/call"
)

// Log is the right to append to one call, until somebody else does. It is used
// by one goroutine.
type Log struct {
	journal *Journal
	key     call.Key
	stream  int
	last    uint64    // sequence of the last record, 0 for none
	digest  [32]byte  // of the last record's body
	started time.Time // when subscribers were told CallStarted
	beyond  beyond    // what this version has to carry along
}

// appendTries bounds how often an append is repeated whose outcome is not
// known. Its context bounds it in time.
const appendTries = 4

// Append stores a step: the state after it and its events. When it returns nil
// the step is durable. ErrFenced means that the call has another owner. After
// any error the caller's memory may be ahead of the journal: Load again.
//
// ErrTooLarge means that the record is larger than the store takes. A step that
// ends the call has twice the room of any other, so that a call which has grown
// too large can still end.
func (l *Log) Append(ctx context.Context, state call.State, events []call.Event) error {
	now := time.Now()
	started := l.started
	if started.IsZero() && startsCall(events) {
		started = now
	}
	body, err := forms.encode(step{state: state, events: events, now: now, started: started, beyond: l.beyond})
	if err != nil {
		return fmt.Errorf("append to call %s: %w", l.key, err)
	}
	m := Message{Stream: l.stream, Key: l.key, Ended: state.Phase == call.Ended, Node: l.journal.node, Body: body}
	if err := l.append(ctx, m); err != nil {
		return fmt.Errorf("append to call %s: %w", l.key, err)
	}
	l.started = started
	return nil
}

func (l *Log) append(ctx context.Context, m Message) error {
	err := l.journal.fits(m)
	if err != nil {
		return err
	}
	for range appendTries {
		m.Sequence, err = l.journal.store.Append(ctx, m, l.last)
		switch {
		case err == nil:
			l.stored(m, l.started)
			return nil
		case errors.Is(err, ErrUnexpected):
			done, err := l.refused(ctx, m)
			if done || err != nil {
				return err
			}
		case errors.Is(err, ErrFull) || errors.Is(err, ErrTooLarge) || ctx.Err() != nil:
			return err
		}
		// Anything else leaves us not knowing whether m is stored. Asking
		// again with the same expectation tells: it is refused when it was.
	}
	return fmt.Errorf("outcome unknown after %d tries: %w", appendTries, err)
}

// refused finds out why the store refused m: because of m itself, stored by a
// try whose acknowledgement was lost, or of the last record, carried by Run.
// A record is compared whole: it holds the time, so that two writers of one
// step do not make the same.
func (l *Log) refused(ctx context.Context, m Message) (done bool, err error) {
	found, err := l.journal.store.Last(ctx, l.stream, l.key)
	if errors.Is(err, ErrNotFound) {
		return false, ErrFenced
	}
	if err != nil {
		return false, fmt.Errorf("find out why the append was refused: %w", err)
	}
	switch {
	case bytes.Equal(found.Body, m.Body):
		l.stored(found, l.started)
		return true, nil
	case found.Carried && sha256.Sum256(found.Body) == l.digest:
		l.stored(found, l.started)
		return false, nil
	}
	return false, ErrFenced
}

func (l *Log) stored(m Message, started time.Time) {
	l.last, l.digest, l.started = m.Sequence, sha256.Sum256(m.Body), started
}

func startsCall(events []call.Event) bool {
	for _, e := range events {
		if _, ok := e.(call.CallStarted); ok {
			return true
		}
	}
	return false
}
