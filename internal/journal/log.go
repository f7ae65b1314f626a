package journal

import (
	"context"
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

	// What is stored of the call.
	last    uint64     // sequence of the last record, 0 for none
	name    string     // of the last record
	state   call.State // after it
	size    size
	started time.Time // when subscribers were told CallStarted
	beyond  beyond    // what this version has to carry along

	// What the next record notes.
	made     *Note
	refusals []Note
}

const (
	// tryTime bounds the wait for one acknowledgement. It is lost with the
	// connection: whoever waits for longer waits in vain.
	tryTime = 5 * time.Second
	// tryPause is what is added to the pause between tries with each of them.
	tryPause     = 250 * time.Millisecond
	tryPauseMost = time.Second
)

// Append stores a step: the state after it, its events, and the usage of what ended
// with it. When it returns nil
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
func (l *Log) Append(ctx context.Context, state call.State, events []call.Event, usage ...call.Usage) error {
	leave, err := l.journal.enter(l.stream, l.begins(state))
	if err != nil {
		return fmt.Errorf("append to call %s: %w", l.key, err)
	}
	defer leave()
	s := step{state: state, events: events, usage: usage, notes: l.notes(), now: time.Now(), started: l.started, beyond: l.beyond}
	if l.begins(state) {
		s.started, s.beyond = time.Time{}, beyond{}
	}
	if s.started.IsZero() && startsCall(events) {
		s.started = s.now
	}
	e, err := l.encode(s)
	if err == nil {
		err = l.append(ctx, e, state.Settled())
	}
	if err != nil {
		return fmt.Errorf("append to call %s: %w", l.key, err)
	}
	l.started, l.beyond, l.state = s.started, s.beyond, state.Clone()
	l.made, l.refusals = nil, nil
	return nil
}

// begins reports whether a step is the first of a call: of one that nothing is stored
// of or, after another one with the same key has ended, of the next.
func (l *Log) begins(s call.State) bool {
	unreadable := l.state.ID == ""
	return l.last == 0 || !unreadable && l.state.ID != s.ID
}

// encode writes a step as a change, unless it is time for the whole state: because
// the call begins, because of the chain's size, because the call ends and is asked for
// its answers only, or because the state may have become too large, which only the
// whole tells.
func (l *Log) encode(s step) (encoded, error) {
	room, ended := l.journal.bodyMost(s.state.Phase == call.Ended), s.state.Phase == call.Ended
	if l.size.base != 0 && !ended && !l.begins(s.state) {
		e, err := forms.encodeChange(s, &l.state)
		if err != nil {
			return e, err
		}
		next := l.size.with(l.last, e)
		if !next.long() && next.state+next.changes+len(e.body) <= room {
			return e, nil
		}
	}
	e, err := forms.encode(s)
	if err == nil && len(e.body) > room {
		err = fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, len(e.body), room)
	}
	return e, err
}

// append tries until it is certain what came of a record, or ctx ends. Asking again
// with the same expectation tells: it is refused when the record was stored.
func (l *Log) append(ctx context.Context, e encoded, ended bool) error {
	m := Message{Stream: l.stream, Key: l.key, Ended: ended, Node: l.journal.node, Body: e.body}
	for tries := 0; ; {
		if !e.whole {
			m.Base, m.Before = l.size.base, l.last
		}
		err := l.try(ctx, m, e, tries > 0)
		if certain(err) || ctx.Err() != nil {
			l.journal.answered(l.key, tries)
			return err
		}
		if errors.Is(err, errCarried) || errors.Is(err, errGone) {
			continue // it is known that the record was not stored
		}
		l.journal.unanswered(l.key, tries, err)
		wait(ctx, min(time.Duration(tries)*tryPause, tryPauseMost))
		tries++
	}
}

// certain reports whether it is known what came of an append. It is added to
// where the store has another answer that means that nothing was stored.
func certain(err error) bool {
	return err == nil || noRoom(err) || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrFenced)
}

// What Run has done to the last record, which the next is to follow.
var (
	errCarried = errors.New("the last record was carried")
	errGone    = errors.New("the last record was forgotten")
)

// try asks once. What an earlier try has stored is found when a later one is
// refused, for whatever reason: the store answers in the order of asking.
func (l *Log) try(ctx context.Context, m Message, e encoded, again bool) error {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	sequence, err := l.journal.put(ctx, m, l.last)
	switch {
	case err == nil:
		m.Sequence = sequence
		l.follow(m, e)
		return nil
	case errors.Is(err, ErrUnexpected), again && certain(err):
		return l.refused(ctx, m, e, err)
	}
	return err
}

// refused finds out why the store refused m: because of m itself, stored by a
// try whose acknowledgement was lost, or of the last record, carried by Run. A
// record is known by all that it says: it holds the time, so that two writers of
// one step do not make the same. Where there is nothing new, the refusal stands.
func (l *Log) refused(ctx context.Context, m Message, e encoded, refusal error) error {
	found, err := l.journal.store.Last(ctx, l.stream, l.key)
	switch {
	case errors.Is(err, ErrNotFound) && m.Ended && l.last > 0:
		return nil // a call is forgotten when its end is stored, and not before
	case errors.Is(err, ErrNotFound) && l.last > 0 && l.state.Settled():
		l.last, l.name = 0, "" // so was the one before this
		return errGone
	case errors.Is(err, ErrNotFound):
		found = Message{}
	case err != nil:
		return fmt.Errorf("find out why the append was refused: %w", err)
	}
	switch {
	case found.name() == m.name():
		l.follow(found, e)
		return nil
	case found.Sequence == l.last:
		return refusal // ErrUnexpected is not certain: what was read was not the last
	case found.Carried && found.name() == l.name:
		l.follow(found, e)
		return errCarried
	}
	return ErrFenced
}

// follow goes on from a record that is stored: e, or what Run has made of it or of
// the one before it.
func (l *Log) follow(m Message, e encoded) {
	if m.Carried {
		e = encoded{m.Body, true, len(m.Body)}
	}
	l.last, l.name, l.size = m.Sequence, m.name(), l.size.with(m.Sequence, e)
}

func wait(ctx context.Context, pause time.Duration) {
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
}

func startsCall(events []call.Event) bool {
	for _, e := range events {
		if _, ok := e.(call.CallStarted); ok {
			return true
		}
	}
	return false
}
