package journaltest

import (
	"context"
	"slices"
	"sync"
	"time"

	"strowger/internal/journal"
)

// ledger is a journal.Ledger in memory, which forgets nothing.
type ledger struct {
	store *Store

	mu      sync.Mutex
	entries []journal.LedgerEntry
}

// Ledger implements journal.Storage.
func (s *Store) Ledger(context.Context, journal.LedgerBounds) (journal.Ledger, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ledger == nil {
		s.ledger = &ledger{store: s}
	}
	return s.ledger, nil
}

// Enter implements journal.Ledger. It fails as appends do.
func (l *ledger) Enter(_ context.Context, stream int, document []byte, expect uint64) (uint64, error) {
	failure, lost := l.store.fate()
	if failure != nil {
		return 0, failure
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last(stream).Sequence != expect {
		return 0, journal.ErrUnexpected
	}
	e := journal.LedgerEntry{Stream: stream, Sequence: uint64(len(l.entries) + 1), At: time.Now(), Document: slices.Clone(document)}
	l.entries = append(l.entries, e)
	if lost {
		return 0, ErrLost
	}
	return e.Sequence, nil
}

// fate is what is to become of an entry.
func (s *Store) fate() (failure error, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lose > 0 {
		s.lose--
		return s.failure, true
	}
	return s.failure, false
}

// last is called with mu held.
func (l *ledger) last(stream int) journal.LedgerEntry {
	for _, e := range slices.Backward(l.entries) {
		if e.Stream == stream {
			return e
		}
	}
	return journal.LedgerEntry{}
}

// Last implements journal.Ledger.
func (l *ledger) Last(_ context.Context, stream int) (journal.LedgerEntry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.last(stream)
	if e.Sequence == 0 {
		return e, journal.ErrNotFound
	}
	return e, nil
}

// Read implements journal.Ledger.
func (l *ledger) Read(_ context.Context, from uint64, since time.Time, f func(journal.LedgerEntry) error) error {
	l.mu.Lock()
	all := slices.Clone(l.entries)
	l.mu.Unlock()
	for _, e := range all {
		if from > 0 && e.Sequence < from || from == 0 && e.At.Before(since) {
			continue
		}
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}
