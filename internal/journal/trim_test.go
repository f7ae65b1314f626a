package journal_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
)

// smallJournals have one stream of a quarter of a megabyte.
func smallJournals(t *testing.T, test func(t *testing.T, j *journal.Journal)) {
	t.Run("jetstream", func(t *testing.T) {
		j, err := journal.Open(t.Context(), journal.Config{Dir: t.TempDir(), Streams: 1, MaxBytes: 256 << 10}, slog.New(slog.DiscardHandler))
		must(t, err)
		t.Cleanup(j.Close)
		test(t, j)
	})
	t.Run("memory", func(t *testing.T) {
		store := journaltest.NewStore(1)
		store.Limit(256 << 10)
		test(t, journal.Over(store, "", slog.New(slog.DiscardHandler)))
	})
}

// fill appends ended calls of a kilobyte each.
func fill(t *testing.T, j *journal.Journal, first, n int) error {
	t.Helper()
	for i := range n {
		state := stateOf(first+i, 1)
		state.Phase = call.Ended
		state.StartedBy = call.Address(strings.Repeat("x", 1000))
		if err := j.Begin(state.ID.Key()).Append(t.Context(), state, played("x")); err != nil {
			return err
		}
	}
	return nil
}

// fillLive begins calls of five kilobytes each until there is no room.
func fillLive(t *testing.T, j *journal.Journal) (logs []*journal.Log) {
	t.Helper()
	for n := range 1000 {
		log := j.Begin(callID(n).Key())
		err := log.Append(t.Context(), large(n, 1), nil)
		if errors.Is(err, journal.ErrFull) {
			return logs
		}
		must(t, err)
		logs = append(logs, log)
	}
	t.Fatal("there is always room")
	return nil
}

// storedSoon appends, as a signal is stored: as soon as there is room.
func storedSoon(t *testing.T, log *journal.Log, state call.State) {
	t.Helper()
	await(t, "room for a step", func() bool {
		err := log.Append(t.Context(), state, played("x"))
		if !errors.Is(err, journal.ErrFull) {
			must(t, err)
		}
		return err == nil
	})
}

// readOn is the reader of a stream, which has finished with what it has read.
func readOn(t *testing.T, j *journal.Journal) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var next atomic.Uint64
	var running sync.WaitGroup
	running.Go(func() {
		_ = j.Follow(ctx, 0, journal.Position{}, func(r journal.Record) error { next.Store(r.Sequence + 1); return nil })
	})
	running.Go(func() {
		for tick := time.Tick(50 * time.Millisecond); ctx.Err() == nil; <-tick {
			_ = j.SaveCheckpoint(ctx, 0, journal.Checkpoint{Needed: next.Load()})
		}
	})
	stop = func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	return stop
}

func large(n int, step uint64) call.State {
	state := stateOf(n, step)
	state.StartedBy = call.Address(strings.Repeat("x", 5000))
	return state
}

func TestAStreamFullOfLiveCallsRefusesNewOnesAndLetsThemEnd(t *testing.T) {
	smallJournals(t, func(t *testing.T, j *journal.Journal) {
		keepInOrder(t, j)
		readOn(t, j)
		logs := fillLive(t, j)
		if err := j.Room(); !errors.Is(err, journal.ErrFull) {
			t.Errorf("there is said to be room: %v", err)
		}
		for n, log := range logs { // all of them, and not as many as there is room for
			storedSoon(t, log, large(n, 2))
			state := large(n, 3)
			state.Phase = call.Ended
			storedSoon(t, log, state)
		}
		await(t, "room again", hasRoom(j))
		must(t, j.Begin(callID(5000).Key()).Append(t.Context(), stateOf(5000, 1), nil))
	})
}

func TestTheCallsThatFillAJournalCanBeEndedByTheNextProcess(t *testing.T) {
	dir := t.TempDir()
	config := journal.Config{Dir: dir, Streams: 1, MaxBytes: 256 << 10}
	j, err := journal.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	must(t, err)
	calls := len(fillLive(t, j))
	j.Close()
	for i, most := range []int64{256 << 10, 64 << 10} { // then nats.max_bytes is lowered
		config.MaxBytes = most
		j, err = journal.Open(t.Context(), config, slog.New(slog.DiscardHandler))
		must(t, err)
		j.Trim(t.Context())
		stop, unread := keepInOrder(t, j), readOn(t, j)
		live, err := j.Live(t.Context())
		must(t, err)
		if want := calls - i*calls/2; len(live) != want {
			t.Fatalf("%d calls are live, %d should be", len(live), want)
		}
		for _, l := range live[:calls/2] {
			state, log, err := j.Load(t.Context(), l.Key)
			must(t, err)
			state.Step, state.Phase = state.Step+1, call.Ended
			storedSoon(t, log, state)
		}
		unread()
		stop()
		j.Close()
	}
}

func TestTrimmingKeepsLiveCallsAndTheirOwners(t *testing.T) {
	smallJournals(t, func(t *testing.T, j *journal.Journal) {
		live := j.Begin(callID(1).Key())
		must(t, live.Append(t.Context(), stateOf(1, 1), []call.Event{call.CallStarted{}}))
		for round := range 8 { // many times over what the stream can hold
			must(t, fill(t, j, 1000*(round+1), 40))
			end, err := j.End(t.Context(), 0)
			must(t, err)
			must(t, j.SaveCheckpoint(t.Context(), 0, journal.Checkpoint{Needed: end + 1}))
			j.Trim(t.Context())
		}
		if _, _, err := j.Load(t.Context(), callID(1000).Key()); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("an old call that has ended is still there: %v", err)
		}
		state, other, err := j.Load(t.Context(), callID(1).Key())
		must(t, err)
		if state.Step != 1 {
			t.Errorf("the live call is at step %d", state.Step)
		}
		must(t, live.Append(t.Context(), stateOf(1, 2), played("owner")))
		if err := other.Append(t.Context(), stateOf(1, 2), played("other")); !errors.Is(err, journal.ErrFenced) {
			t.Errorf("a stranger's append gave %v", err)
		}
		r := records(t, j, 1)[0]
		if r.Step == 1 && r.Call == callID(1) {
			t.Error("the events of a carried record would be sent again")
		}
	})
}

func TestTrimmingSparesWhatIsNotDeliveredYet(t *testing.T) {
	smallJournals(t, func(t *testing.T, j *journal.Journal) {
		must(t, fill(t, j, 100, 90))
		must(t, j.SaveCheckpoint(t.Context(), 0, journal.Checkpoint{Needed: 3}))
		j.Trim(t.Context())
		if _, err := j.At(t.Context(), 0, 2); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("a delivered record: %v", err)
		}
		if _, err := j.At(t.Context(), 0, 3); err != nil {
			t.Errorf("a record that is needed: %v", err)
		}
	})
}

func TestAJournalFullOfUndeliveredEventsMakesRoomForCalls(t *testing.T) {
	smallJournals(t, func(t *testing.T, j *journal.Journal) {
		keepInOrder(t, j)
		must(t, j.Begin(callID(1).Key()).Append(t.Context(), stateOf(1, 1), nil)) // in front of all
		for n := range 400 {
			state := large(100+n, 1)
			state.Phase = call.Ended
			storedSoon(t, j.Begin(state.ID.Key()), state)
		}
		if _, _, err := j.Load(t.Context(), callID(1).Key()); err != nil {
			t.Errorf("the live call: %v", err)
		}
		await(t, "room", hasRoom(j))
	})
}
