package journal_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
)

// Everything that the journal promises is tested over both stores, so that
// the one in memory may stand in for the real one.
func overBothStores(t *testing.T, test func(t *testing.T, j *journal.Journal)) {
	t.Run("jetstream", func(t *testing.T) { test(t, openAt(t, t.TempDir())) })
	t.Run("memory", func(t *testing.T) { test(t, journaltest.New()) })
}

// over is a journal over a store in memory.
func over(store journal.Storage) *journal.Journal {
	return journal.Over(store, "", slog.New(slog.DiscardHandler))
}

func openAt(t testing.TB, dir string) *journal.Journal {
	t.Helper()
	return openWith(t, dir, 64<<20)
}

// openWith opens a journal that has room for so many bytes.
func openWith(t testing.TB, dir string, most int64) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{Dir: dir, MaxBytes: most}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

func callID(n int) call.ID {
	var seed [16]byte
	seed[0], seed[1] = byte(n>>8), byte(n)
	return call.NewID(seed)
}

func stateOf(n int, step uint64) call.State {
	return call.State{ID: callID(n), Step: step, Phase: call.Established}
}

func played(context string) []call.Event {
	return []call.Event{call.PlayCompleted{Recipient: call.Recipient{Context: context}}}
}

// must is also for a *rapid.T.
func must(t interface {
	Helper()
	Fatal(...any)
}, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestACallIsLoadedAsItWasAppendedLast(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		log := j.Begin(callID(1).Key())
		must(t, log.Append(t.Context(), stateOf(1, 1), played("first")))
		must(t, log.Append(t.Context(), stateOf(1, 2), nil))
		state, again, err := j.Load(t.Context(), callID(1).Key())
		must(t, err)
		if state.Step != 2 || state.ID != callID(1) {
			t.Errorf("loaded %+v", state)
		}
		must(t, again.Append(t.Context(), stateOf(1, 3), nil))
	})
}

func TestACallThatNeverWasIsNotFound(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		if _, _, err := j.Load(t.Context(), callID(1).Key()); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func TestANewOwnerFencesTheOld(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		old := j.Begin(callID(1).Key())
		must(t, old.Append(t.Context(), stateOf(1, 1), nil))
		_, new, err := j.Load(t.Context(), callID(1).Key())
		must(t, err)
		must(t, new.Append(t.Context(), stateOf(1, 2), played("new")))
		if err := old.Append(t.Context(), stateOf(1, 2), played("old")); !errors.Is(err, journal.ErrFenced) {
			t.Errorf("the old owner got %v", err)
		}
		state, _, err := j.Load(t.Context(), callID(1).Key())
		must(t, err)
		if state.Step != 2 {
			t.Errorf("a refused append left a trace: %+v", state)
		}
		must(t, new.Append(t.Context(), stateOf(1, 3), nil))
	})
}

func TestACallIsBegunOnce(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		must(t, j.Begin(callID(1).Key()).Append(t.Context(), stateOf(1, 1), nil))
		if err := j.Begin(callID(1).Key()).Append(t.Context(), stateOf(1, 1), nil); !errors.Is(err, journal.ErrFenced) {
			t.Errorf("got %v", err)
		}
	})
}

func TestALostAcknowledgementIsFoundAgain(t *testing.T) {
	store := journaltest.NewStore(2)
	j := journal.Over(store, "", slog.New(slog.DiscardHandler))
	log := j.Begin(callID(1).Key())
	store.LoseAcknowledgements(1)
	must(t, log.Append(t.Context(), stateOf(1, 1), played("once")))
	must(t, log.Append(t.Context(), stateOf(1, 2), nil))
	if got := steps(t, j, 2); !slices.Equal(got, []uint64{1, 2}) {
		t.Errorf("steps in the journal: %v, each has to be there once", got)
	}
}

// forgetful stores the first append, carries it at once, and loses the
// acknowledgement.
type forgetful struct {
	*journaltest.Store
	done bool
}

func (s *forgetful) Append(ctx context.Context, m journal.Message, expect uint64) (uint64, error) {
	sequence, err := s.Store.Append(ctx, m, expect)
	if s.done || err != nil {
		return sequence, err
	}
	s.done, m.Carried = true, true
	if _, err := s.Store.Append(ctx, m, sequence); err != nil {
		return 0, err
	}
	return 0, journaltest.ErrLost
}

func TestALostAcknowledgementIsFoundAgainAlsoWhenTheRecordWasCarried(t *testing.T) {
	j := journal.Over(&forgetful{Store: journaltest.NewStore(2)}, "", slog.New(slog.DiscardHandler))
	log := j.Begin(callID(1).Key())
	must(t, log.Append(t.Context(), stateOf(1, 1), played("once")))
	must(t, log.Append(t.Context(), stateOf(1, 2), nil))
	if got := steps(t, j, 2); !slices.Equal(got, []uint64{1, 2}) {
		t.Errorf("steps in the journal: %v, each has to be there once", got)
	}
}

// A store that says that it has not stored fails the step at once.
func TestAStepThatWasNotStoredForCertainFails(t *testing.T) {
	store := journaltest.NewStore(2)
	j := journal.Over(store, "", slog.New(slog.DiscardHandler))
	store.Fail(journal.ErrFull)
	if err := j.Begin(callID(1).Key()).Append(t.Context(), stateOf(1, 1), nil); !errors.Is(err, journal.ErrFull) {
		t.Errorf("got %v", err)
	}
	if got := j.Stats().Retries; got != 0 {
		t.Errorf("tried again %d times", got)
	}
}

// Whatever else a store says, the same record is tried until it is certain what
// came of it.
func TestAStepOfUnknownOutcomeIsTriedUntilItIsKnown(t *testing.T) {
	for name, trouble := range map[string]struct{ begin, end func(*journaltest.Store) }{
		"the store fails":           {func(s *journaltest.Store) { s.Fail(errors.New("broken")) }, func(s *journaltest.Store) { s.Fail(nil) }},
		"the store hangs":           {func(s *journaltest.Store) { s.Stall(0) }, (*journaltest.Store).GoOn},
		"the store is mute":         {func(s *journaltest.Store) { s.Mute(0) }, (*journaltest.Store).GoOn},
		"acknowledgements are lost": {func(s *journaltest.Store) { s.LoseAcknowledgements(1) }, func(*journaltest.Store) {}},
		"it is full afterwards":     {func(s *journaltest.Store) { s.Mute(0) }, func(s *journaltest.Store) { s.Fail(journal.ErrFull); s.GoOn() }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := journaltest.NewStore(1)
				j := journal.Over(store, "", slog.New(slog.DiscardHandler))
				log := j.Begin(callID(1).Key())
				must(t, log.Append(t.Context(), stateOf(1, 1), nil))
				trouble.begin(store)
				time.AfterFunc(21*time.Second, func() { trouble.end(store) }) // in the pause after the fourth try
				must(t, log.Append(t.Context(), stateOf(1, 2), played("once")))
				store.Fail(nil)
				must(t, log.Append(t.Context(), stateOf(1, 3), nil))
				if got := steps(t, j, 3); !slices.Equal(got, []uint64{1, 2, 3}) {
					t.Errorf("steps in the journal: %v, each has to be there once", got)
				}
				if j.Stats().Retries == 0 {
					t.Error("no retry was counted")
				}
			})
		})
	}
}

// Who writes to a call while its owner waits fences it, as ever.
func TestAStepOfUnknownOutcomeIsFencedByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := journaltest.NewStore(1)
		j := journal.Over(store, "", slog.New(slog.DiscardHandler))
		log := j.Begin(callID(1).Key())
		must(t, log.Append(t.Context(), stateOf(1, 1), nil))
		store.Fail(errors.New("broken"))
		time.AfterFunc(time.Minute, func() {
			store.Fail(nil)
			_, other, err := j.Load(t.Context(), callID(1).Key())
			must(t, err)
			must(t, other.Append(t.Context(), stateOf(1, 2), played("of the other")))
		})
		if err := log.Append(t.Context(), stateOf(1, 2), played("ours")); !errors.Is(err, journal.ErrFenced) {
			t.Errorf("got %v", err)
		}
	})
}

// Only who gives up does not know.
func TestWhoGivesUpDoesNotKnowWhatCameOfAStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := journaltest.NewStore(1)
		j := journal.Over(store, "", slog.New(slog.DiscardHandler))
		store.Stall(0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := j.Begin(callID(1).Key()).Append(ctx, stateOf(1, 1), nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		store.GoOn()
		if state, _, err := j.Load(t.Context(), callID(1).Key()); err != nil || state.Step != 1 {
			t.Errorf("what was on its way when the store hung: %+v, %v", state, err)
		}
	})
}

// steps reads n records from all streams.
func steps(t *testing.T, j *journal.Journal, n int) []uint64 {
	t.Helper()
	var got []uint64
	for _, r := range records(t, j, n) {
		got = append(got, r.Step)
	}
	return got
}

func records(t *testing.T, j *journal.Journal, n int) []journal.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	found := make(chan journal.Record)
	for stream := range j.Streams() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			j.Follow(ctx, stream, journal.Position{}, func(r journal.Record) error {
				select {
				case found <- r:
				case <-ctx.Done():
				}
				return nil
			})
		}()
		defer func() { <-done }()
	}
	defer cancel()
	var all []journal.Record
	for len(all) < n {
		select {
		case r := <-found:
			if r.Call != "" {
				all = append(all, r)
			}
		case <-ctx.Done():
			t.Fatalf("%d of %d records arrived", len(all), n)
		}
	}
	return all
}

func TestRecordsOfACallAreReadInOrderWithStableEventIDs(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		log := j.Begin(callID(1).Key())
		for step := uint64(1); step <= 20; step++ {
			must(t, log.Append(t.Context(), stateOf(1, step), played(fmt.Sprint(step))))
		}
		seen := map[string]bool{}
		for i, r := range records(t, j, 20) {
			e, ok := r.Events[0].(call.PlayCompleted)
			if r.Step != uint64(i+1) || !ok || e.Context != fmt.Sprint(i+1) {
				t.Errorf("record %d is step %d with %v", i, r.Step, r.Events)
			}
			again, err := j.At(t.Context(), r.Stream, r.Sequence)
			must(t, err)
			if again.EventID(0) != r.EventID(0) || seen[r.EventID(0)] || r.EventID(0) == r.EventID(1) {
				t.Errorf("event id %s is not stable and unique", r.EventID(0))
			}
			seen[r.EventID(0)] = true
		}
	})
}

func TestAFollowerHearsWhatIsAppendedLater(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		enough := errors.New("enough")
		heard := make(chan error, j.Streams())
		for stream := range j.Streams() {
			go func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				heard <- j.Follow(ctx, stream, journal.Position{}, func(r journal.Record) error { return enough })
			}()
		}
		for n := range 40 { // some for every stream
			must(t, j.Begin(callID(n).Key()).Append(t.Context(), stateOf(n, 1), nil))
		}
		for range j.Streams() {
			if err := <-heard; !errors.Is(err, enough) {
				t.Errorf("Follow ended with %v", err)
			}
		}
	})
}

func TestLiveListsTheCallsThatHaveNotEnded(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		var want []call.Key
		for n := range 50 {
			log := j.Begin(callID(n).Key())
			must(t, log.Append(t.Context(), stateOf(n, 1), nil))
			if n%2 == 0 {
				want = append(want, callID(n).Key())
				continue
			}
			ended := stateOf(n, 2)
			ended.Phase = call.Ended
			must(t, log.Append(t.Context(), ended, nil))
		}
		got, err := j.Live(t.Context())
		must(t, err)
		var keys []call.Key
		for _, l := range got {
			keys = append(keys, l.Key)
		}
		slices.Sort(keys)
		slices.Sort(want)
		if !slices.Equal(keys, want) {
			t.Errorf("got %v, want %v", keys, want)
		}
	})
}

func TestCheckpointsAreKept(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		c, err := j.Checkpoint(t.Context(), 1)
		must(t, err)
		if c.Needed != 0 || c.Notes != nil {
			t.Errorf("a new journal has the checkpoint %v", c)
		}
		must(t, j.SaveCheckpoint(t.Context(), 1, journal.Checkpoint{Needed: 7, Notes: []byte(`{"a":1}`)}))
		c, err = j.Checkpoint(t.Context(), 1)
		must(t, err)
		if c.Needed != 7 || string(c.Notes) != `{"a":1}` {
			t.Errorf("got %d %s", c.Needed, c.Notes)
		}
	})
}

func TestTheTimeOfCallStartedIsRemembered(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		log := j.Begin(callID(1).Key())
		must(t, log.Append(t.Context(), stateOf(1, 1), nil))
		must(t, log.Append(t.Context(), stateOf(1, 2), []call.Event{call.CallStarted{}}))
		_, log, err := j.Load(t.Context(), callID(1).Key())
		must(t, err)
		must(t, log.Append(t.Context(), stateOf(1, 3), nil))
		all := records(t, j, 3)
		if !all[0].Started.IsZero() || !all[1].Started.Equal(all[1].Time) || !all[2].Started.Equal(all[1].Time) {
			t.Errorf("started: %v, %v, %v; want that of the second record", all[0].Started, all[1].Started, all[2].Started)
		}
	})
}

func TestAStepThatEndsACallHasTwiceTheRoom(t *testing.T) {
	store := journaltest.NewStore(1)
	store.LimitBodies(8000)
	j := journal.Over(store, "", slog.New(slog.DiscardHandler))
	log := j.Begin(callID(1).Key())
	must(t, log.Append(t.Context(), stateOf(1, 1), nil))
	large := stateOf(1, 2)
	large.StartedBy = call.Address(strings.Repeat("x", 4000))
	if err := log.Append(t.Context(), large, nil); !errors.Is(err, journal.ErrTooLarge) {
		t.Fatalf("a step of more than half the room: %v", err)
	}
	large.Phase = call.Ended
	must(t, log.Append(t.Context(), large, nil))
	large.Step, large.StartedBy = 3, large.StartedBy+large.StartedBy
	if err := log.Append(t.Context(), large, nil); !errors.Is(err, journal.ErrTooLarge) {
		t.Fatalf("a step of more than all the room: %v", err)
	}
	if state, _, err := j.Load(t.Context(), callID(1).Key()); err != nil || state.Step != 2 {
		t.Errorf("what was refused left a trace: %+v, %v", state, err)
	}
}

func TestTheNodesOfAClusterKnowTheirOwnCalls(t *testing.T) {
	store := journaltest.NewStore(2)
	nodes := map[string]*journal.Journal{}
	for i, name := range []string{"a", "b", ""} { // "" is a version that knew of one node
		nodes[name] = journal.Over(store, name, slog.New(slog.DiscardHandler))
		must(t, nodes[name].Begin(callID(i).Key()).Append(t.Context(), stateOf(i, 1), nil))
	}
	ours := func(node string) (found []string) {
		live, err := nodes[node].Live(t.Context())
		must(t, err)
		for _, l := range live {
			if l.Ours {
				found = append(found, l.Node)
			}
		}
		slices.Sort(found)
		return found
	}
	if a, b, alone := ours("a"), ours("b"), ours(""); !slices.Equal(a, []string{"", "a"}) ||
		!slices.Equal(b, []string{"", "b"}) || !slices.Equal(alone, []string{"", "a", "b"}) {
		t.Errorf("a owns %q, b owns %q, who is alone owns %q", a, b, alone)
	}
	_, log, err := nodes["b"].Load(t.Context(), callID(0).Key()) // b takes over
	must(t, err)
	must(t, log.Append(t.Context(), stateOf(0, 2), nil))
	if a := ours("a"); !slices.Equal(a, []string{""}) {
		t.Errorf("a still owns %q", a)
	}
}

func TestAnUnreadableCallOfAnotherNodeIsLeftAlone(t *testing.T) {
	store := journaltest.NewStore(1)
	_, err := store.Append(t.Context(), journal.Message{Key: callID(1).Key(), Node: "a", Body: []byte("{")}, 0)
	must(t, err)
	for node, end := range map[string]bool{"a": true, "b": false} {
		j := journal.Over(store, node, slog.New(slog.DiscardHandler))
		_, log, err := j.Load(t.Context(), callID(1).Key())
		if !errors.Is(err, journal.ErrUnreadable) || (log != nil) != end {
			t.Errorf("node %s got %v and may end the call: %t", node, err, log != nil)
		}
	}
}
