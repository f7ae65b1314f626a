package journal

import (
	"context"
	"maps"
	"reflect"
	"sync/atomic"
	"time"

	"strowger/internal/call"
)

// Encode, Decode and Salvage are what tests of single records need.
func Encode(state call.State, events []call.Event, now, started time.Time, usage ...call.Usage) ([]byte, error) {
	e, err := forms.encode(step{state: state, events: events, usage: usage, now: now, started: started})
	return e.body, err
}

// EncodeChange writes a step after the state before.
func EncodeChange(before, state call.State, events []call.Event, now, started time.Time, usage ...call.Usage) ([]byte, error) {
	e, err := forms.encodeChange(step{state: state, events: events, usage: usage, now: now, started: started}, &before)
	return e.body, err
}

func Decode(m Message) (Record, error) { return forms.decode(m) }

// StateOf is the state after the last message of a chain.
func StateOf(messages ...Message) (call.State, error) {
	got, err := forms.load(messages)
	return got.state, err
}

// Joined is what Run makes of a chain.
func Joined(messages ...Message) ([]byte, error) {
	m, err := forms.copyOf(messages)
	return m.Body, err
}

// Chain is what a call is read from.
func (j *Journal) Chain(ctx context.Context, key call.Key) ([]Message, error) {
	return j.lastChain(ctx, j.streamOf(key), key)
}

func Salvage(messages ...Message) call.State { return salvage(messages) }

// RecordsMost bounds the records that a call is read from.
const RecordsMost = recordsMost

// Written, KnownEvents and StoredNames are what is on the disks of installations.
type Written = written

func KnownEvents() map[string]reflect.Type { return maps.Clone(kinds) }

func StoredNames() []string {
	return []string{
		"stream " + streamName, "subject " + subjectPrefix + "*",
		"bucket " + documents, "document " + layoutName, "document " + checkpointName,
		"header " + headerEnded, "header " + headerCarried, "header " + headerNode, "header " + headerBase, "header " + headerBefore,
		"stream " + jottingsName, "subject " + jotPrefix + "*",
		"stream " + ledgerName, "subject " + ledgerPrefix + "*",
	}
}

// CurrentForm is the form that is written.
func CurrentForm() Form { return forms.current() }

// Identifying are the fields that tell the elements of a list apart.
var Identifying = identifying

// Lying is a configuration of a journal that takes a full disk for an empty one
// as long as lies are told.
func Lying(c Config, lies *atomic.Bool) Config {
	c.measure = func(dir string) (int64, int64, error) {
		free, total, err := space(dir)
		if lies.Load() {
			free = total
		}
		return free, total, err
	}
	return c
}

// OnDisk is a configuration of a journal on a disk of which so much is free.
func OnDisk(c Config, free *atomic.Int64, total int64) Config {
	c.measure = func(string) (int64, int64, error) { return free.Load(), total, nil }
	return c
}
