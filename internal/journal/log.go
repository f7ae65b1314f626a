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

const (
	// tryTime bounds the wait for one acknowledgement. It is lost with the
	// connection: whoever waits for longer waits in vain.
	tryTime = 5 * time.Second
	// tryPause is what is added to the pause between tries with each of them.
	tryPause     = 250 * time.Millisecond
	tryPauseMost = time.Second
)

// Append stores a step: the state after it and its events. When it returns nil
// the step is durable. ErrFenced means that the call has another owner. After
// any error the caller's memory is ahead of the journal: Load again.
//
// A store that does not answer is no failure: the same record is tried until it
// is certain what came of it, so that Append waits for as long as the store
// hangs. Only when ctx ends is it not known whether the step was stored; after
// any other error it was not.
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

// append tries until it is certain what came of m, or ctx ends. Asking again
// with the same expectation tells: it is refused when m was stored.
func (l *Log) append(ctx context.Context, m Message) error {
	if err := l.journal.fits(m); err != nil {
		return err
	}
	for tries := 0; ; tries++ {
		err := l.try(ctx, m, tries > 0)
		if certain(err) || ctx.Err() != nil {
			l.journal.answered(l.key, tries)
			return err
		}
		if !errors.Is(err, errCarried) {
			l.journal.unanswered(l.key, tries, err)
			wait(ctx, min(time.Duration(tries)*tryPause, tryPauseMost))
		}
	}
}

// certain reports whether it is known what came of an append. It is added to
// where the store has another answer that means that nothing was stored.
func certain(err error) bool {
	return err == nil || noRoom(err) || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrFenced)
}

// errCarried says that Run has moved the last record, which m is to follow.
var errCarried = errors.New("the last record was carried")

// try asks once. What an earlier try has stored is found when a later one is
// refused, for whatever reason: the store answers in the order of asking.
func (l *Log) try(ctx context.Context, m Message, again bool) error {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	sequence, err := l.journal.put(ctx, m, l.last)
	switch {
	case err == nil:
		m.Sequence = sequence
		l.stored(m, l.started)
		return nil
	case errors.Is(err, ErrUnexpected), again && certain(err):
		return l.refused(ctx, m, err)
	}
	return err
}

// refused finds out why the store refused m: because of m itself, stored by a
// try whose acknowledgement was lost, or of the last record, carried by Run. A
// record is compared whole: it holds the time, so that two writers of one step
// do not make the same. Where there is nothing new, the refusal stands.
func (l *Log) refused(ctx context.Context, m Message, refusal error) error {
	found, err := l.journal.store.Last(ctx, l.stream, l.key)
	switch {
	case errors.Is(err, ErrNotFound):
		found = Message{}
	case err != nil:
		return fmt.Errorf("find out why the append was refused: %w", err)
	}
	switch {
	case bytes.Equal(found.Body, m.Body):
		l.stored(found, l.started)
		return nil
	case found.Sequence == l.last:
		return refusal // ErrUnexpected is not certain: what was read was not the last
	case found.Carried && sha256.Sum256(found.Body) == l.digest:
		l.stored(found, l.started)
		return errCarried
	}
	return ErrFenced
}

func wait(ctx context.Context, pause time.Duration) {
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
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
