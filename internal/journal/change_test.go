package journal_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
)

// Whatever a step does to a state, the change leads to what it has become.
func TestAChangeLeadsFromAnyStateToAnyOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.Make[call.State]().Draw(t, "before")
		after := before.Clone()
		if rapid.Bool().Draw(t, "another") {
			after = rapid.Make[call.State]().Draw(t, "after")
		}
		for range rapid.IntRange(0, 5).Draw(t, "mutations") {
			mutate(t, &after)
		}
		whole, err := journal.Encode(before, nil, someTime, time.Time{})
		must(t, err)
		change, err := journal.EncodeChange(before, after, nil, someTime, time.Time{})
		must(t, err)
		got, err := journal.StateOf(journal.Message{Body: whole}, journal.Message{Body: change})
		must(t, err)
		if !reflect.DeepEqual(got, after) {
			t.Errorf("%s\nleads to\n%#v, want\n%#v", change, got, after)
		}
	})
}

// mutate does to a state one of the things that steps do.
func mutate(t *rapid.T, s *call.State) {
	switch rapid.IntRange(0, 8).Draw(t, "mutation") {
	case 0:
		s.Participants = append(slices.Clip(s.Participants), rapid.Make[call.Participant]().Draw(t, "participant"))
	case 1:
		s.Participants = less(t, s.Participants)
	case 2:
		if i := one(t, s.Participants); i >= 0 {
			s.Participants[i].Dialog = rapid.Make[*call.Dialog]().Draw(t, "dialog")
		}
	case 3:
		s.Timers = append(less(t, s.Timers), rapid.Make[call.Timer]().Draw(t, "timer"))
	case 4:
		s.Media = append(slices.Clip(s.Media), rapid.Make[call.MediaOperation]().Draw(t, "operation"))
	case 5:
		if i := one(t, s.Media); i >= 0 {
			s.Media[i].Recognition = rapid.Make[*call.Recognition]().Draw(t, "recognition")
			s.Media[i].Playing = !s.Media[i].Playing
		}
	case 6:
		s.Repeats = append(less(t, s.Repeats), rapid.Make[call.Repeat]().Draw(t, "repeat"))
	case 7:
		s.Connections = slices.Clone(s.Connections)
		slices.Reverse(s.Connections)
	case 8:
		s.Phase, s.LastLeg = call.Established, s.LastLeg+1
		s.Incoming = nil
	}
}

// less is a list without one of its elements.
func less[E any](t *rapid.T, list []E) []E {
	i := one(t, list)
	if i < 0 {
		return nil
	}
	return slices.Delete(slices.Clone(list), i, i+1)
}

// one is the place of any element, -1 when there is none.
func one[E any](t *rapid.T, list []E) int {
	if len(list) == 0 {
		return -1
	}
	return rapid.IntRange(0, len(list)-1).Draw(t, "one")
}

// owner is who has a call whose journal has all kinds of bad days.
type owner struct {
	store   *journaltest.Store
	journal *journal.Journal
	log     *journal.Log
	state   call.State // as it was stored last
	carry   bool       // Run copies the next record before it is acknowledged
}

func newOwner(t testing.TB) *owner {
	store := journaltest.NewStore(1)
	o := &owner{store: store, journal: over(store), state: call.State{ID: storyCall}}
	o.log = o.journal.Begin(storyCall.Key())
	store.Watch(func(journal.Message) {
		if o.carry {
			o.carry = false
			o.trim(t, roomy)
		}
	})
	return o
}

// How much a stream may hold beside what it does, in hundredths of that.
const (
	roomy = 100 // it is half full, and there is room for a copy
	tight = 0
)

// trim has everything copied and everything else removed, where there is room.
func (o *owner) trim(t testing.TB, room int64) {
	extent, err := o.store.Extent(t.Context(), 0)
	must(t, err)
	o.store.Limit(extent.Bytes + extent.Bytes*room/100)
	must(t, o.journal.SaveCheckpoint(t.Context(), 0, journal.Checkpoint{Needed: extent.Last + 1}))
	o.journal.Trim(t.Context())
	o.store.Limit(1 << 30)
}

func (o *owner) step(t *rapid.T) error {
	next := o.state.Clone()
	for range rapid.IntRange(0, 3).Draw(t, "mutations") {
		mutate(t, &next)
	}
	next.Step++
	err := o.log.Append(t.Context(), next, played(fmt.Sprint(next.Step)))
	if err == nil {
		o.state = next.Clone()
	}
	return err
}

func (o *owner) load(t testing.TB) {
	t.Helper()
	state, log, err := o.journal.Load(t.Context(), storyCall.Key())
	must(t, err)
	if !reflect.DeepEqual(state, o.state) {
		t.Fatalf("loaded\n%#v, want\n%#v", state, o.state)
	}
	o.log = log
}

// A call is loaded as it was stored last, whatever happened: crashes, lost
// acknowledgements, other owners, a full disk, and Run that copies its state away.
func TestACallIsLoadedAsItWasStoredLastWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := newOwner(t)
		must(t, o.step(rt))
		rt.Repeat(map[string]func(*rapid.T){
			"step":  func(rt *rapid.T) { must(rt, o.step(rt)) },
			"crash": func(rt *rapid.T) { o.load(t) },
			"acknowledgement lost": func(rt *rapid.T) {
				o.store.LoseAcknowledgements(1)
				must(rt, o.step(rt))
			},
			"trim":              func(rt *rapid.T) { o.trim(t, roomy) },
			"trim without room": func(rt *rapid.T) { o.trim(t, tight) },
			"acknowledgement lost and carried": func(rt *rapid.T) {
				o.store.LoseAcknowledgements(1)
				o.carry = true
				must(rt, o.step(rt))
			},
			"full": func(rt *rapid.T) {
				o.store.Fail(journal.ErrFull)
				if err := o.step(rt); !errors.Is(err, journal.ErrFull) {
					rt.Fatalf("got %v", err)
				}
				o.store.Fail(nil)
				o.load(t)
			},
			"another owner": func(rt *rapid.T) {
				old := *o
				o.load(t)
				must(rt, o.step(rt))
				if err := old.step(rt); !errors.Is(err, journal.ErrFenced) {
					rt.Fatalf("the old owner got %v", err)
				}
			},
		})
		o.load(t)
	})
}

// What is read to load a call is bounded by its state, however many steps it has
// taken and whatever they told.
func TestWhatALoadReadsIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		participants int
		events       []call.Event
	}{
		"small steps of a large call":       {200, nil},
		"small steps of a small call":       {1, nil},
		"steps that tell more than changes": {10, played(strings.Repeat("x", 2000))},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOwner(t)
			state := typicalState()
			for i := range c.participants {
				state.Participants = append(state.Participants, call.Participant{Leg: call.NewLegID(state.ID, i+10), Address: "4:+14255550101"})
			}
			log, longest := o.journal.Begin(state.ID.Key()), 0
			for range journal.RecordsMost + 200 {
				state.Step++
				state.LastOperation++
				must(t, log.Append(t.Context(), state, c.events))
				if state.Step%100 != 0 {
					continue
				}
				chain, err := o.journal.Chain(t.Context(), state.ID.Key())
				must(t, err)
				bytes := 0
				for _, m := range chain[1:] {
					bytes += len(m.Body)
				}
				longest = max(longest, len(chain))
				if whole := len(chain[0].Body); len(chain) > journal.RecordsMost || bytes > 9*whole {
					t.Fatalf("after step %d, %d records of %d bytes follow a state of %d", state.Step, len(chain)-1, bytes, whole)
				}
			}
			if longest < 2 {
				t.Error("there was never a change")
			}
		})
	}
}
