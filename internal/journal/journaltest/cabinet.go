package journaltest

import (
	"context"
	"maps"
	"slices"
	"sync"

	"strowger/internal/journal"
)

// cabinet is a journal.Cabinet in memory.
type cabinet struct {
	most int64

	mu       sync.Mutex
	revision uint64
	there    map[string]journal.Entry
	changed  chan struct{} // closed at each change
	history  []journal.Entry
}

// Cabinet implements journal.Storage.
func (s *Store) Cabinet(_ context.Context, name string, most int64) (journal.Cabinet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cabinets == nil {
		s.cabinets = map[string]*cabinet{}
	}
	if s.cabinets[name] == nil {
		s.cabinets[name] = &cabinet{most: most, there: map[string]journal.Entry{}, changed: make(chan struct{})}
	}
	return s.cabinets[name], nil
}

// Put implements journal.Cabinet.
func (s *cabinet) Put(_ context.Context, name string, document []byte, revision uint64) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.there[name].Revision != revision {
		return 0, journal.ErrUnexpected
	}
	bytes := int64(len(document))
	for _, e := range s.there {
		bytes += int64(len(e.Document))
	}
	if bytes > s.most {
		return 0, journal.ErrFull
	}
	return s.change(journal.Entry{Name: name, Document: slices.Clone(document)}), nil
}

// Remove implements journal.Cabinet.
func (s *cabinet) Remove(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.change(journal.Entry{Name: name, Removed: true})
	return nil
}

func (s *cabinet) change(e journal.Entry) uint64 {
	s.revision++
	e.Revision = s.revision
	s.there[e.Name] = e
	if e.Removed {
		delete(s.there, e.Name)
	}
	s.history = append(s.history, e)
	close(s.changed)
	s.changed = make(chan struct{})
	return e.Revision
}

// Get implements journal.Cabinet.
func (s *cabinet) Get(_ context.Context, name string) (journal.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, there := s.there[name]
	if !there {
		return e, journal.ErrNotFound
	}
	return e, nil
}

// Each implements journal.Cabinet.
func (s *cabinet) Each(_ context.Context, f func(journal.Entry)) error {
	s.mu.Lock()
	there := slices.Collect(maps.Values(s.there))
	s.mu.Unlock()
	for _, e := range there {
		f(e)
	}
	return nil
}

// Follow implements journal.Cabinet.
func (s *cabinet) Follow(ctx context.Context, f func(journal.Entry)) error {
	for next := 0; ; {
		s.mu.Lock()
		more, changed := s.history[next:], s.changed
		next = len(s.history)
		s.mu.Unlock()
		for _, e := range more {
			f(e)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
