package journal_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"strowger/internal/journal"
)

// shelf is what is on it, a name and a document each.
func shelf(t *testing.T, j *journal.Journal) (all []string) {
	t.Helper()
	must(t, j.Shelf(t.Context(), func(d journal.Shelved) error {
		if time.Since(d.At).Abs() > time.Hour {
			t.Errorf("%s came at %v", d.Name, d.At)
		}
		all = append(all, d.Name+" "+string(d.Document))
		return nil
	}))
	return all
}

func TestWhatIsShelvedStaysInOrderUntilItIsTakenOff(t *testing.T) {
	overBothStores(t, func(t *testing.T, j *journal.Journal) {
		if size, err := j.ShelfSize(t.Context()); err != nil || size != (journal.ShelfSize{}) {
			t.Errorf("empty: %+v, %v", size, err)
		}
		must(t, j.Shelve(t.Context(), []journal.Shelved{{Name: "a", Document: []byte("1")}, {Name: "b", Document: []byte("2")}}))
		must(t, j.Shelve(t.Context(), []journal.Shelved{{Name: "c", Document: []byte("3")}, {Name: "a", Document: []byte("4")}}))
		if got, want := shelf(t, j), []string{"b 2", "c 3", "a 4"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		must(t, j.Unshelve(t.Context(), "c"))
		must(t, j.Unshelve(t.Context(), "of nobody"))
		if d, err := j.OnShelf(t.Context(), "a"); err != nil || string(d.Document) != "4" {
			t.Errorf("found %+v, %v", d, err)
		}
		if _, err := j.OnShelf(t.Context(), "c"); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("found what was taken off: %v", err)
		}
		size, err := j.ShelfSize(t.Context())
		if err != nil || size.Documents != 2 || size.Bytes == 0 || size.Oldest.IsZero() {
			t.Errorf("%+v, %v", size, err)
		}
	})
}

func TestWhatIsShelvedIsThereAfterARestart(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	for i := range 3 {
		must(t, j.Shelve(t.Context(), []journal.Shelved{{Name: fmt.Sprint(i), Document: []byte("x")}}))
	}
	j.Close()
	if got, want := shelf(t, openAt(t, dir)), []string{"0 x", "1 x", "2 x"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
