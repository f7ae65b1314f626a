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

// format numbers the shape of records. It rises when a reader of the old
// shape would misunderstand the new one.
const format = 1

// Record is one step of a call.
type Record struct {
	Stream   int
	Sequence uint64 // within the stream
	Call     call.ID
	Step     uint64
	Time     time.Time
	Started  time.Time // when subscribers were told CallStarted; zero before
	Events   []call.Event
	state    json.RawMessage
}

// State is the call after the step. It is decoded when it is asked for,
// because who delivers events has no use for it.
func (r Record) State() (call.State, error) {
	var s call.State
	if err := strict(r.state, &s); err != nil {
		return call.State{}, unreadable(fmt.Sprintf("state of call %s at step %d", r.Call, r.Step), err)
	}
	return s, nil
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
	Format  int
	Call    call.ID
	Step    uint64
	Time    time.Time
	Started time.Time    `json:",omitzero"`
	Events  []namedEvent `json:",omitempty"`
	State   *call.State
}

type read struct {
	Format  int
	Call    call.ID
	Step    uint64
	Time    time.Time
	Started time.Time
	Events  []storedEvent
	State   json.RawMessage
}

func encode(state call.State, events []call.Event, now, started time.Time) ([]byte, error) {
	named, err := nameEvents(events)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // SIP addresses are full of angle brackets
	err = e.Encode(written{
		Format: format, Call: state.ID, Step: state.Step, Time: now.UTC(), Started: started.UTC(), Events: named, State: &state,
	})
	if err != nil {
		return nil, fmt.Errorf("encode step %d: %w", state.Step, err)
	}
	return out.Bytes(), nil
}

func decode(m Message) (Record, error) {
	name := fmt.Sprintf("record %d of stream %d", m.Sequence, m.Stream)
	var in read
	var head struct{ Format int }
	if err := json.Unmarshal(m.Body, &head); err != nil {
		return Record{}, unreadable(name, err)
	}
	if head.Format != format {
		return Record{}, unreadable(name, fmt.Errorf("it has format %d, this version reads format %d", head.Format, format))
	}
	if err := strict(m.Body, &in); err != nil {
		return Record{}, unreadable(name, err)
	}
	events, err := revive(in.Events)
	if err != nil {
		return Record{}, unreadable(name, err)
	}
	return Record{
		Stream: m.Stream, Sequence: m.Sequence,
		Call: in.Call, Step: in.Step, Time: in.Time, Started: in.Started, Events: events, state: in.State,
	}, nil
}

// ErrUnreadable says that a record was written by another version.
var ErrUnreadable = errors.New("written by another version of strowger, which has to be used to finish its calls")

func unreadable(what string, err error) error {
	return fmt.Errorf("%s: %w (%w)", what, ErrUnreadable, err)
}

// strict refuses what it does not know: a field that a newer version wrote
// must not be lost by an older one that writes the call on.
func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one document")
	}
	return nil
}
