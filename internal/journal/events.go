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

func revive(stored []storedEvent) ([]call.Event, error) {
	events := make([]call.Event, len(stored))
	for i, s := range stored {
		t, ok := kinds[s.Type]
		if !ok {
			return nil, fmt.Errorf("event type %q is not known", s.Type)
		}
		v := reflect.New(t)
		if err := strict(s.Body, v.Interface()); err != nil {
			return nil, fmt.Errorf("event %s: %w", s.Type, err)
		}
		events[i] = v.Elem().Interface().(call.Event)
	}
	return events, nil
}
