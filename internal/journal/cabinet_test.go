package journal_test

import (
	"context"
	"errors"
	"testing"

	"strowger/internal/journal"
)

func cabinetOf(t *testing.T, j *journal.Journal) journal.Cabinet {
	t.Helper()
	s, err := j.Cabinet(t.Context(), "things", 64<<10)
	must(t, err)
	return s
}

func TestADocumentIsReplacedOnlyByWhoKnowsItsRevision(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		ctx, s := t.Context(), cabinetOf(t, j)
		first, err := s.Put(ctx, "a", []byte("1"), 0)
		must(t, err)
		if _, err := s.Put(ctx, "a", []byte("x"), 0); !errors.Is(err, journal.ErrUnexpected) {
			t.Errorf("a second document has the name: %v", err)
		}
		second, err := s.Put(ctx, "a", []byte("2"), first)
		must(t, err)
		if _, err := s.Put(ctx, "a", []byte("x"), first); !errors.Is(err, journal.ErrUnexpected) {
			t.Errorf("an old revision is good for a change: %v", err)
		}
		if e, err := s.Get(ctx, "a"); err != nil || string(e.Document) != "2" || e.Revision != second {
			t.Errorf("there is %+v, %v", e, err)
		}
	})
}

func TestARemovedDocumentIsGoneAndItsNameFree(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		ctx, s := t.Context(), cabinetOf(t, j)
		_, err := s.Put(ctx, "a", []byte("1"), 0)
		must(t, err)
		must(t, s.Remove(ctx, "a"))
		must(t, s.Remove(ctx, "a"))
		if _, err := s.Get(ctx, "a"); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("it is there still: %v", err)
		}
		must(t, s.Each(ctx, func(e journal.Entry) { t.Errorf("%+v is there", e) }))
		if _, err := s.Put(ctx, "a", []byte("2"), 0); err != nil {
			t.Errorf("its name is not free: %v", err)
		}
	})
}

func TestWhoFollowsACabinetSeesWhatIsThereAndEachChange(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		s := cabinetOf(t, j)
		_, err := s.Put(t.Context(), "a", []byte("1"), 0)
		must(t, err)
		ctx, stop := context.WithCancel(t.Context())
		seen, done := make(chan journal.Entry, 8), make(chan error, 1)
		go func() { done <- s.Follow(ctx, func(e journal.Entry) { seen <- e }) }()
		if e := <-seen; e.Name != "a" || e.Removed {
			t.Errorf("first comes %+v", e)
		}
		must(t, s.Remove(t.Context(), "a"))
		if e := <-seen; e.Name != "a" || !e.Removed {
			t.Errorf("then comes %+v", e)
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("it ends with %v", err)
		}
	})
}

func TestACabinetThatIsFullSaysSo(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		ctx, s := t.Context(), cabinetOf(t, j)
		var err error
		for name := range 8 {
			if _, err = s.Put(ctx, string(rune('a'+name)), make([]byte, 16<<10), 0); err != nil {
				break
			}
		}
		if !errors.Is(err, journal.ErrFull) {
			t.Errorf("eight times 16 KiB in a cabinet of 64: %v", err)
		}
	})
}

func TestACabinetIsAsItWasAfterARestart(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	revision, err := cabinetOf(t, j).Put(t.Context(), "a", []byte("1"), 0)
	must(t, err)
	j.Close()
	if e, err := cabinetOf(t, openAt(t, dir)).Get(t.Context(), "a"); err != nil || string(e.Document) != "1" || e.Revision != revision {
		t.Errorf("there is %+v, %v", e, err)
	}
}
