package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"strowger/internal/call"
)

// A call is read from a chain: a record that holds its state, and those after it,
// which hold what has changed since. The newest is the head.
//
// A chain is not let grow longer than is good: see size.long. Its base, the record
// with the state, stands on every message of it, so that Run keeps it as long as
// the call lives.
type chain []Message

// recordsMost bounds the records that a call is read from.
const recordsMost = 1024

// size is how much a chain holds.
type size struct {
	base    uint64 // sequence of the record that holds the state; 0: the next has to
	state   int    // bytes of that state
	changes int    // bytes of the changes since
	all     int    // bytes of the records since, with their events
	records int
}

// with is the size after another record.
func (s size) with(sequence uint64, e encoded) size {
	if e.whole {
		return size{base: sequence, state: e.size, records: 1}
	}
	return size{s.base, s.state, s.changes + e.size, s.all + len(e.body), s.records + 1}
}

// long reports whether it is time for another whole state. When the changes have
// become as large as the state was, writing it costs no more than they did, so
// that what a call writes in all grows with what happens in it. The other two
// bound what reading costs, to nine times the state and recordsMost records.
func (s size) long() bool {
	return s.base == 0 || s.changes > s.state || s.all > 8*s.state || s.records > recordsMost
}

// chainTries bounds how often a call is read whose chain is being replaced.
const chainTries = 3

// lastChain reads the chain of a call, or ErrNotFound. With ErrUnreadable comes
// what there is of it, and the head at least.
func (j *Journal) lastChain(ctx context.Context, stream int, key call.Key) (c chain, err error) {
	for range chainTries {
		head, err := j.store.Last(ctx, stream, key)
		if err != nil {
			return nil, err
		}
		if c, err = j.chain(ctx, head); !errors.Is(err, ErrUnreadable) {
			return c, err
		}
		// Run may have written the state anew and removed the older records.
	}
	return c, err
}

// chain reads what leads to a message, from the newest to the oldest.
func (j *Journal) chain(ctx context.Context, head Message) (chain, error) {
	c := chain{head}
	for m := head; m.Base != 0; {
		before, err := j.store.At(ctx, head.Stream, m.Before)
		if errors.Is(err, ErrNotFound) || err == nil && (before.Key != head.Key || m.Before >= m.Sequence) || len(c) > recordsMost {
			slices.Reverse(c)
			return c, unreadable(m.String(), fmt.Errorf("the record before it, %d, is not there", m.Before))
		}
		if err != nil {
			return nil, err
		}
		c, m = append(c, before), before
	}
	slices.Reverse(c)
	return c, nil
}

func (c chain) head() Message { return c[len(c)-1] }

// loaded is a call as it is read from its chain.
type loaded struct {
	state   call.State
	started time.Time
	beyond  beyond
	size    size
}

// load makes a state of a chain.
func (h history) load(c chain) (got loaded, err error) {
	p, size, err := h.join(c)
	if err != nil {
		return got, err
	}
	if p.era == len(h)-1 {
		got.size = size
	} else if err := h.upgrade(&p); err != nil {
		return got, unreadable(c.head().String(), err)
	}
	if err := unmarshal(p.State, &got.state, p.open); err != nil {
		return got, unreadable("the state in "+c.head().String(), err)
	}
	got.started = p.Started
	if p.open {
		got.beyond.minor = p.Minor
		got.beyond.state, err = additionsOf(p.State, got.state)
	}
	return got, err
}

// join makes one record of a chain: its head, with the whole state, in the form
// that it was written in.
func (h history) join(c chain) (p parsed, s size, err error) {
	if p, err = h.parse(c[0].Body); err == nil && p.State == nil {
		err = errors.New("it does not hold the state")
	}
	if err != nil {
		return p, s, unreadable(c[0].String(), err)
	}
	s = size{base: c[0].Sequence, state: len(p.State), records: 1}
	if len(c) == 1 {
		return p, s, nil
	}
	var state map[string]any
	if err := unmarshal(p.State, &state, true); err != nil || state == nil {
		return p, s, unreadable(c[0].String(), fmt.Errorf("its state is no object: %w", err))
	}
	for _, m := range c[1:] {
		next, err := h.parse(m.Body)
		if err == nil && next.era != p.era {
			err = fmt.Errorf("it has form %d, the state that it changes has form %d", next.Format, p.Format)
		}
		if err == nil {
			err = apply(state, next.Change, next.open)
		}
		if err != nil {
			return p, s, unreadable(m.String(), err)
		}
		s = s.with(m.Sequence, encoded{m.Body, false, len(next.Change)})
		next.open, next.Minor = next.open || p.open, max(next.Minor, p.Minor)
		p = next
	}
	p.Change = nil
	p.State, err = jsonOf(state)
	return p, s, err
}

// copyOf is a message that says what a chain says, to stand in its place.
func (h history) copyOf(c chain) (Message, error) {
	m := c.head()
	m.Original, m.Carried = m.name(), true
	if len(c) == 1 {
		return m, nil // as it is, even if this version cannot read it
	}
	p, _, err := h.join(c)
	if err != nil {
		return m, err
	}
	m.Base, m.Before = 0, 0
	m.Body, err = jsonOf(written{
		Format: p.Format, Minor: p.Minor, Call: p.Call, Step: p.Step, Time: p.Time, Started: p.Started, State: json.RawMessage(p.State),
	})
	return m, err
}
