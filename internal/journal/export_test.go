package journal

import (
	"maps"
	"reflect"
	"sync/atomic"
	"time"

	"strowger/internal/call"
)

// Encode, Decode and Salvage are what tests of single records need.
func Encode(state call.State, events []call.Event, now, started time.Time) ([]byte, error) {
	return forms.encode(step{state: state, events: events, now: now, started: started})
}

func Decode(m Message) (Record, error) { return forms.decode(m) }

var Salvage = salvage

// Written, KnownEvents and StoredNames are what is on the disks of installations.
type Written = written

func KnownEvents() map[string]reflect.Type { return maps.Clone(kinds) }

func StoredNames() []string {
	return []string{
		"stream " + streamName, "subject " + subjectPrefix + "*",
		"bucket " + documents, "document " + layoutName, "document " + checkpointName,
		"header " + headerEnded, "header " + headerCarried, "header " + headerNode,
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
