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

func TestAFullStreamRefusesAndKeepsWhatItHas(t *testing.T) {
	smallJournals(t, func(t *testing.T, j *journal.Journal) {
		log := j.Begin(callID(1).Key())
		must(t, log.Append(t.Context(), stateOf(1, 1), nil))
		if err := fill(t, j, 100, 400); !errors.Is(err, journal.ErrFull) {
			t.Fatalf("filling ended with %v", err)
		}
		if _, _, err := j.Load(t.Context(), callID(1).Key()); err != nil {
			t.Errorf("the oldest call: %v", err)
		}
	})
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
			must(t, j.Trim(t.Context()))
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
		must(t, j.Trim(t.Context()))
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
		if err := fill(t, j, 100, 400); !errors.Is(err, journal.ErrFull) {
			t.Fatalf("filling ended with %v", err)
		}
		must(t, leaveNoRoom(t, j))
		must(t, j.Trim(t.Context()))
		must(t, fill(t, j, 1000, 10))
		if _, _, err := j.Load(t.Context(), callID(1).Key()); err != nil {
			t.Errorf("the live call: %v", err)
		}
	})
}

// leaveNoRoom fills what is left with records as small as that of a live call.
func leaveNoRoom(t *testing.T, j *journal.Journal) error {
	t.Helper()
	for i := range 100 {
		state := stateOf(5000+i, 1)
		state.Phase = call.Ended
		err := j.Begin(state.ID.Key()).Append(t.Context(), state, nil)
		if errors.Is(err, journal.ErrFull) {
			return nil
		}
		must(t, err)
	}
	return errors.New("there is still room")
}
