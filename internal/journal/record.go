package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/google/uuid"

	"strowger/internal/call"
)

// Record is one step of a call, and what was told of it.
type Record struct {
	Stream   int
	Sequence uint64 // within the stream
	Call     call.ID
	Step     uint64
	Time     time.Time    // of the step
	Taken    time.Time    // when the store took it
	Started  time.Time    // when subscribers were told CallStarted; zero before
	Ended    bool         // the call is over with it
	Events   []call.Event // an Unknown for each that a newer version has added
	Usage    []call.Usage // of what ended with the step
	Notes    []Note       // in the order in which it happened; the step's own is the last
}

// eventNamespace makes event ids unlike any other name-based GUID.
var eventNamespace = uuid.MustParse("8c1f3c5e-6d0b-4a53-9d6e-0b6c7a4d2e10")

// EventID names the i-th event of the step, always the same: applications
// recognise by it what they were sent twice.
func (r Record) EventID(i int) string {
	name := string(r.Call) + "/" + strconv.FormatUint(r.Step, 10) + "/" + strconv.Itoa(i)
	return uuid.NewSHA1(eventNamespace, []byte(name)).String()
}

// written and read are a record in the store. It holds the state after the step,
// or how that differs from the state of the record before it.
type written struct {
	Format  int // Form.Major
	Minor   int `json:",omitzero"`
	Call    call.ID
	Step    uint64
	Time    time.Time
	Started time.Time       `json:",omitzero"`
	Events  []namedEvent    `json:",omitempty"`
	Usage   []call.Usage    `json:",omitempty"`
	Notes   []Note          `json:",omitempty"`
	State   json.RawMessage `json:",omitempty"` // a call.State, with additions where there are some
	Change  json.RawMessage `json:",omitempty"` // a change
}

type read struct {
	Format  int
	Minor   int
	Call    call.ID
	Step    uint64
	Time    time.Time
	Started time.Time
	Events  []storedEvent
	Usage   []call.Usage
	Notes   []Note
	State   json.RawMessage
	Change  json.RawMessage
}

// step is what a record is made of.
type step struct {
	state        call.State
	events       []call.Event
	usage        []call.Usage
	notes        []Note
	now, started time.Time
	beyond       beyond
}

// beyond is what of a record has to be in the next one of its call too, though
// this version does not know it.
type beyond struct {
	minor int // of the form that holds the additions
	state *additions
}

// encoded is a step as it is stored.
type encoded struct {
	body  []byte
	whole bool // it holds the state
	size  int  // of the state or the change alone
}

// encode writes a step with its state, in the current form or in the newer minor
// form of the record before it.
func (h history) encode(s step) (encoded, error) {
	value, err := s.beyond.state.addTo(s.state)
	if err != nil {
		return encoded{}, fmt.Errorf("encode step %d: %w", s.state.Step, err)
	}
	state, err := jsonOf(value)
	if err != nil {
		return encoded{}, fmt.Errorf("encode step %d: %w", s.state.Step, err)
	}
	body, err := h.record(s, state, nil)
	return encoded{body, true, len(state)}, err
}

// encodeChange writes it with what has changed since the state before.
func (h history) encodeChange(s step, before *call.State) (encoded, error) {
	c, err := changeOf(before, &s.state, s.beyond.state)
	if err != nil {
		return encoded{}, fmt.Errorf("encode step %d: %w", s.state.Step, err)
	}
	change, err := jsonOf(c)
	if err != nil {
		return encoded{}, fmt.Errorf("encode step %d: %w", s.state.Step, err)
	}
	body, err := h.record(s, nil, change)
	return encoded{body, false, len(change)}, err
}

func (h history) record(s step, state, change json.RawMessage) ([]byte, error) {
	named, err := nameEvents(s.events)
	if err != nil {
		return nil, err
	}
	form := h.current()
	body, err := jsonOf(written{
		Format: form.Major, Minor: max(form.Minor, s.beyond.minor), Call: s.state.ID, Step: s.state.Step,
		Time: s.now.UTC(), Started: s.started.UTC(), Events: named, Usage: s.usage, Notes: s.notes, State: state, Change: change,
	})
	if err != nil {
		return nil, fmt.Errorf("encode step %d: %w", s.state.Step, err)
	}
	return body, nil
}

func jsonOf(v any) ([]byte, error) {
	var out bytes.Buffer
	if err := encodeJSON(&out, v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func encodeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // SIP addresses are full of angle brackets
	return e.Encode(v)
}

// decode reads what a record of any form tells.
func (h history) decode(m Message) (Record, error) {
	p, err := h.parse(m.Body)
	if err == nil {
		err = h.upgrade(&p)
	}
	if err != nil {
		return Record{}, unreadable(m.String(), err)
	}
	events, err := revive(p.Events, p.open)
	if err != nil {
		return Record{}, unreadable(m.String(), err)
	}
	return Record{
		Stream: m.Stream, Sequence: m.Sequence, Taken: m.Time,
		Call: p.Call, Step: p.Step, Time: p.Time, Started: p.Started, Ended: m.Ended, Events: events, Usage: p.Usage, Notes: p.Notes,
	}, nil
}

// ErrUnreadable says that this version cannot read a record: another one has
// written it, or it was damaged.
var ErrUnreadable = errors.New("not readable by this version of strowger")

func unreadable(what string, err error) error {
	return fmt.Errorf("%s: %w (%w)", what, ErrUnreadable, err)
}
