package journal

import (
	"context"
	"maps"
	"reflect"
	"time"

	"strowger/internal/call"
)

// Trim trims every stream now.
func (j *Journal) Trim(ctx context.Context) error {
	for stream := range j.store.Streams() {
		if err := j.trim(ctx, stream); err != nil {
			return err
		}
	}
	return nil
}

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
