package journaltest

import (
	"context"
	"slices"
	"time"

	"strowger/internal/journal"
)

// Shelve puts documents at the end.
func (s *Store) Shelve(_ context.Context, all []journal.Shelved) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure != nil {
		return s.failure
	}
	for _, d := range all {
		s.takeOff(d.Name)
		s.shelf = append(s.shelf, journal.Shelved{Name: d.Name, At: time.Now(), Document: slices.Clone(d.Document)})
	}
	return nil
}

// takeOff is called with mu held.
func (s *Store) takeOff(name string) {
	s.shelf = slices.DeleteFunc(s.shelf, func(d journal.Shelved) bool { return d.Name == name })
}

// Shelf hands out what was there when it was called.
func (s *Store) Shelf(_ context.Context, f func(journal.Shelved) error) error {
	s.mu.Lock()
	all := slices.Clone(s.shelf)
	s.mu.Unlock()
	for _, d := range all {
		if err := f(d); err != nil {
			return err
		}
	}
	return nil
}

// OnShelf is one of them.
func (s *Store) OnShelf(_ context.Context, name string) (journal.Shelved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.shelf, func(d journal.Shelved) bool { return d.Name == name })
	if i < 0 {
		return journal.Shelved{}, journal.ErrNotFound
	}
	return s.shelf[i], nil
}

// Unshelve takes one off.
func (s *Store) Unshelve(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.takeOff(name)
	return nil
}

// ShelfSize counts.
func (s *Store) ShelfSize(context.Context) (journal.ShelfSize, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := journal.ShelfSize{Documents: len(s.shelf)}
	for _, d := range s.shelf {
		size.Bytes += int64(len(d.Document))
	}
	if len(s.shelf) > 0 {
		size.Oldest = s.shelf[0].At
	}
	return size, nil
}
