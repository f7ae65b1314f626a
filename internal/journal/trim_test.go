package journal_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

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

// fillLive begins calls of a kilobyte each until there is no room.
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

func large(n int, step uint64) call.State {
	state := stateOf(n, step)
	state.StartedBy = call.Address(strings.Repeat("x", 1000))
	return state
}

func TestAStreamFullOfLiveCallsRefusesNewOnesAndLetsThemEnd(t *testing.T) {
	smallJournals(t, func(t *testing.T, j *journal.Journal) {
		logs := fillLive(t, j)
		if err := j.Room(); !errors.Is(err, journal.ErrFull) {
			t.Errorf("there is said to be room: %v", err)
		}
		for n, log := range logs { // all of them, and not as many as there is room for
			must(t, log.Append(t.Context(), large(n, 2), played("before the end")))
			state := large(n, 3)
			state.Phase = call.Ended
			must(t, log.Append(t.Context(), state, played("the end")))
		}
		j.Trim(t.Context())
		if err := j.Room(); err != nil {
			t.Errorf("when all calls have ended: %v", err)
		}
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
		live, err := j.Live(t.Context())
		must(t, err)
		if want := calls - i*calls/2; len(live) != want {
			t.Fatalf("%d calls are live, %d should be", len(live), want)
		}
		for _, l := range live[:calls/2] {
			state, log, err := j.Load(t.Context(), l.Key)
			must(t, err)
			state.Step, state.Phase = state.Step+1, call.Ended
			must(t, log.Append(t.Context(), state, played("the end")))
		}
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
		must(t, j.Begin(callID(1).Key()).Append(t.Context(), stateOf(1, 1), nil)) // in front of all
		must(t, fill(t, j, 100, 400))
		if _, _, err := j.Load(t.Context(), callID(1).Key()); err != nil {
			t.Errorf("the live call: %v", err)
		}
		if err := j.Room(); err != nil {
			t.Error(err)
		}
	})
}
