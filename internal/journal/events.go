package journal

import (
	"encoding/json"
	"fmt"
	"reflect"

	"strowger/internal/call"
)

// kinds are the types of events that records can hold, by name.
var kinds = index(call.Events())

func index(events []call.Event) map[string]reflect.Type {
	m := make(map[string]reflect.Type, len(events))
	for _, e := range events {
		t := reflect.TypeOf(e)
		m[t.Name()] = t
	}
	return m
}

type namedEvent struct {
	Type string
	Body call.Event
}

type storedEvent struct {
	Type string
	Body json.RawMessage
}

func nameEvents(events []call.Event) ([]namedEvent, error) {
	named := make([]namedEvent, len(events))
	for i, e := range events {
		t := reflect.TypeOf(e)
		if kinds[t.Name()] != t {
			return nil, fmt.Errorf("event type %s is not known to the journal", t)
		}
		named[i] = namedEvent{t.Name(), e}
	}
	return named, nil
}

// Unknown stands for an event that a newer minor form has added, in its place
// among the events of its record. Nobody can be told of it by this version.
type Unknown struct {
	call.Event // nil
	Type       string
}

// revive makes events of what was stored. Only an open record may hold unknown ones.
func revive(stored []storedEvent, open bool) ([]call.Event, error) {
	events := make([]call.Event, len(stored))
	for i, s := range stored {
		t, ok := kinds[s.Type]
		if !ok && open {
			events[i] = Unknown{Type: s.Type}
			continue
		}
		if !ok {
			return nil, fmt.Errorf("event type %q is not known", s.Type)
		}
		v := reflect.New(t)
		if err := unmarshal(s.Body, v.Interface(), open); err != nil {
			return nil, fmt.Errorf("event %s: %w", s.Type, err)
		}
		events[i] = v.Elem().Interface().(call.Event)
	}
	return events, nil
}
