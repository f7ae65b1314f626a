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

// Record is one step of a call.
type Record struct {
	Stream   int
	Sequence uint64 // within the stream
	Call     call.ID
	Step     uint64
	Time     time.Time    // of the step
	Taken    time.Time    // when the store took it
	Started  time.Time    // when subscribers were told CallStarted; zero before
	Events   []call.Event // an Unknown for each that a newer version has added
	state    json.RawMessage
	minor    int  // of the form that it is written in
	open     bool // it may hold what this version does not know
}

// State is the call after the step. It is decoded when it is asked for,
// because who delivers events has no use for it.
func (r Record) State() (call.State, error) {
	var s call.State
	if err := unmarshal(r.state, &s, r.open); err != nil {
		return call.State{}, unreadable(fmt.Sprintf("state of call %s at step %d", r.Call, r.Step), err)
	}
	return s, nil
}

// beyond is what of a record has to be in the next one of its call too, though
// this version does not know it.
type beyond struct {
	minor int // of the form that holds the additions
	state *additions
}

// beyond is what the record says beside a state that was made of it.
func (r Record) beyond(s call.State) (beyond, error) {
	if !r.open {
		return beyond{}, nil
	}
	a, err := additionsOf(r.state, s)
	return beyond{r.minor, a}, err
}

// eventNamespace makes event ids unlike any other name-based GUID.
var eventNamespace = uuid.MustParse("8c1f3c5e-6d0b-4a53-9d6e-0b6c7a4d2e10")

// EventID names the i-th event of the step, always the same: applications
// recognise by it what they were sent twice.
func (r Record) EventID(i int) string {
	name := string(r.Call) + "/" + strconv.FormatUint(r.Step, 10) + "/" + strconv.Itoa(i)
	return uuid.NewSHA1(eventNamespace, []byte(name)).String()
}

// written and read are a record in the store; reading leaves the state undecoded.
type written struct {
	Format  int // Form.Major
	Minor   int `json:",omitzero"`
	Call    call.ID
	Step    uint64
	Time    time.Time
	Started time.Time    `json:",omitzero"`
	Events  []namedEvent `json:",omitempty"`
	State   any          // a call.State, with additions where there are some
}

type read struct {
	Format  int
	Minor   int
	Call    call.ID
	Step    uint64
	Time    time.Time
	Started time.Time
	Events  []storedEvent
	State   json.RawMessage
}

// step is what a record is made of.
type step struct {
	state        call.State
	events       []call.Event
	now, started time.Time
	beyond       beyond
}

// encode writes a step in the current form, or in the newer minor form of the
// record before it.
func (h history) encode(s step) ([]byte, error) {
	named, err := nameEvents(s.events)
	if err != nil {
		return nil, err
	}
	state := any(s.state)
	if s.beyond.state != nil {
		if state, err = s.beyond.state.addTo(s.state); err != nil {
			return nil, fmt.Errorf("encode step %d: %w", s.state.Step, err)
		}
	}
	form := h.current()
	var out bytes.Buffer
	err = encodeJSON(&out, written{
		Format: form.Major, Minor: max(form.Minor, s.beyond.minor), Call: s.state.ID, Step: s.state.Step,
		Time: s.now.UTC(), Started: s.started.UTC(), Events: named, State: state,
	})
	if err != nil {
		return nil, fmt.Errorf("encode step %d: %w", s.state.Step, err)
	}
	return out.Bytes(), nil
}

func encodeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // SIP addresses are full of angle brackets
	return e.Encode(v)
}

// decode reads a record of any form that this version knows.
func (h history) decode(m Message) (Record, error) {
	name := fmt.Sprintf("record %d of stream %d", m.Sequence, m.Stream)
	in, open, err := h.read(m.Body)
	if err != nil {
		return Record{}, unreadable(name, err)
	}
	events, err := revive(in.Events, open)
	if err != nil {
		return Record{}, unreadable(name, err)
	}
	return Record{
		Stream: m.Stream, Sequence: m.Sequence, Taken: m.Time,
		Call: in.Call, Step: in.Step, Time: in.Time, Started: in.Started, Events: events,
		state: in.State, minor: in.Minor, open: open,
	}, nil
}

// ErrUnreadable says that this version cannot read a record: another one has
// written it, or it was damaged.
var ErrUnreadable = errors.New("not readable by this version of strowger")

func unreadable(what string, err error) error {
	return fmt.Errorf("%s: %w (%w)", what, ErrUnreadable, err)
}
