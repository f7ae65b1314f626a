package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"strowger/internal/call"
	"strowger/internal/outbound"
)

// Try is one attempt to tell of an event, or the end of all attempts. Tries are
// kept for people who want to know what an application was told; nothing is
// decided by them, and a crash may cost those of the last second.
type Try struct {
	Call         call.ID
	Event        string // its id
	Type         string // as published
	Host         string
	Subscription string `json:",omitempty"` // its name; empty for a callback
	At           time.Time
	Took         time.Duration `json:",omitzero"`
	Number       int           // 1 is the first; of GivenUp how many there were
	Status       int           `json:",omitzero"` // of the answer, if there was one
	Outcome      Outcome
	Why          string `json:",omitempty"` // when it was not taken
}

// Outcome is what came of a try.
type Outcome string

const (
	Taken   Outcome = "taken"
	Failed  Outcome = "failed"   // another follows, or GivenUp
	GivenUp Outcome = "given up" // the last that is heard of the event
)

const (
	// triesMost bounds the tries of a stream that wait to be kept: those of a
	// second. What is more is not kept.
	triesMost = 4096
	// triesAtOnce is how many make one document.
	triesAtOnce = 256
	// whyMost bounds the reason that is kept, in bytes.
	whyMost = 300
)

// tries are those that wait to be kept, for each stream.
type tries struct {
	mu      sync.Mutex
	waiting map[int][]Try
}

func newTries() *tries { return &tries{waiting: map[int][]Try{}} }

func (t *tries) add(stream int, all ...Try) {
	t.mu.Lock()
	defer t.mu.Unlock()
	room := max(0, triesMost-len(t.waiting[stream]))
	t.waiting[stream] = append(t.waiting[stream], all[:min(room, len(all))]...)
}

// take takes up to a number of the oldest away.
func (t *tries) take(stream, most int) []Try {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.waiting[stream]
	n := min(most, len(all))
	t.waiting[stream] = all[n:]
	if n == len(all) {
		delete(t.waiting, stream)
	}
	return all[:n]
}

func (t *tries) of(stream int) []Try {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.waiting[stream])
}

// short is as much of a reason as is kept.
func short(why string) string { return strings.ToValidUTF8(why[:min(len(why), whyMost)], "") }

// note keeps what came of a try, or of all.
func (c *Courier) note(d *delivery, number int, o Outcome, r result) {
	t := Try{
		Call: d.call, Event: d.id, Type: d.message.Type, Host: outbound.Host(d.url), Subscription: d.Subscription,
		At: r.began.UTC(), Took: r.took, Number: number, Status: r.status, Outcome: o, Why: short(r.why),
	}
	c.tries.add(d.stream, t)
	if c.config.Tried != nil {
		c.config.Tried(t)
	}
}

// keepTries writes what waits. What cannot be written waits on, as far as there is
// room: the journal says by itself what is wrong with it.
func (c *Courier) keepTries(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, saveTime)
	defer cancel()
	for stream := range c.progress {
		for some := c.tries.take(stream, triesAtOnce); len(some) > 0; some = c.tries.take(stream, triesAtOnce) {
			document, err := json.Marshal(some)
			if err != nil {
				panic("webhook: a try cannot be encoded: " + err.Error()) // plain text and numbers
			}
			if err := c.config.Journal.Jot(ctx, stream, document); err != nil {
				c.tries.add(stream, some...)
				return
			}
		}
	}
}

// Tries are those of one call since a time, oldest first, as far as they are kept.
// stream is the one of the call's records.
func (c *Courier) Tries(ctx context.Context, stream int, id call.ID, since time.Time) ([]Try, error) {
	var all []Try
	keep := func(some []Try) {
		for _, t := range some {
			if t.Call == id {
				all = append(all, t)
			}
		}
	}
	unwritten := c.tries.of(stream) // first: what is written meanwhile is in both, and not in neither
	err := c.config.Journal.Jotted(ctx, stream, since, func(document []byte) error {
		var some []Try
		if json.Unmarshal(document, &some) == nil { // one of another version tells nothing
			keep(some)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read tries of call %s: %w", id, err)
	}
	keep(unwritten)
	slices.SortStableFunc(all, func(a, b Try) int { return a.At.Compare(b.At) })
	return slices.CompactFunc(all, Try.same), nil
}

// same reports whether two are one, of which one has been written and read.
func (t Try) same(as Try) bool {
	return t.Event == as.Event && t.Subscription == as.Subscription && t.Number == as.Number && t.Outcome == as.Outcome && t.At.Equal(as.At)
}
