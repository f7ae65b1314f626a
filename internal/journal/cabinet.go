package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A Cabinet keeps small documents by name that every node sees, beside the records
// of calls: each is durable when Put returns.
type Cabinet interface {
	// Put stores a document when revision is that of the one there (0: none), and
	// returns the new revision. Otherwise ErrUnexpected. ErrFull, ErrNoSpace and
	// ErrUnwritable say that nothing was stored; after any other error it is not
	// known.
	Put(ctx context.Context, name string, document []byte, revision uint64) (uint64, error)
	// Remove takes a document away, if there is one.
	Remove(ctx context.Context, name string) error
	// Get is the document with a name, or ErrNotFound.
	Get(ctx context.Context, name string) (Entry, error)
	// Each hands what is there now to f.
	Each(ctx context.Context, f func(Entry)) error
	// Follow hands what is there, and then each change, to f until ctx ends.
	Follow(ctx context.Context, f func(Entry)) error
}

// Entry is a document in a cabinet. Its revision is higher than that of any that had
// its name before. One that is Removed says that its name is free again.
type Entry struct {
	Name     string
	Document []byte
	Revision uint64
	Removed  bool
}

// Cabinet opens the cabinet with a name, for at most so many bytes, and makes it when
// there is none.
func (j *Journal) Cabinet(ctx context.Context, name string, most int64) (Cabinet, error) {
	return j.store.Cabinet(ctx, name, most)
}

// markerLife is how long other nodes have to see that a document was removed. A
// marker that stayed would take room for ever.
const markerLife = time.Hour

// cabinet is a key-value bucket.
type cabinet struct {
	store *jetStream
	kv    jetstream.KeyValue
}

func (s *jetStream) Cabinet(ctx context.Context, name string, most int64) (Cabinet, error) {
	made := cabinet{store: s}
	err := s.replicated(func(replicas int) (err error) {
		made.kv, err = s.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: documents + "_" + name, History: 1, MaxBytes: most, LimitMarkerTTL: markerLife,
			Storage: jetstream.FileStorage, Replicas: replicas,
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bucket %s_%s: %w", documents, name, err)
	}
	return made, nil
}

// Put is refused as a new call is when it is a new document, and as a step of a
// call that is there otherwise.
func (s cabinet) Put(ctx context.Context, name string, document []byte, revision uint64) (uint64, error) {
	if err := s.store.admit(len(document), revision == 0); err != nil {
		return 0, err
	}
	var err error
	if revision == 0 {
		revision, err = s.kv.Create(ctx, name, document)
	} else {
		revision, err = s.kv.Update(ctx, name, document, revision)
	}
	if errors.Is(err, jetstream.ErrKeyExists) {
		return 0, ErrUnexpected
	}
	return revision, refusal(err)
}

func (s cabinet) Remove(ctx context.Context, name string) error {
	if err := s.store.admit(0, false); err != nil {
		return err
	}
	return refusal(s.kv.Purge(ctx, name, jetstream.PurgeTTL(markerLife)))
}

func (s cabinet) Get(ctx context.Context, name string) (Entry, error) {
	found, err := s.kv.Get(ctx, name)
	if err != nil {
		return Entry{}, refusal(err)
	}
	return entry(found), nil
}

func (s cabinet) Each(ctx context.Context, f func(Entry)) error {
	return s.watch(ctx, func(found jetstream.KeyValueEntry) bool {
		if found != nil && found.Operation() == jetstream.KeyValuePut {
			f(entry(found))
		}
		return found != nil
	})
}

func (s cabinet) Follow(ctx context.Context, f func(Entry)) error {
	return s.watch(ctx, func(found jetstream.KeyValueEntry) bool {
		if found != nil {
			f(entry(found))
		}
		return true
	})
}

// errCabinetClosed says that the connection to the store is closed for good.
var errCabinetClosed = errors.New("the store is closed")

// watch hands on entries until f reports false; nil stands between what is there
// and what comes.
func (s cabinet) watch(ctx context.Context, f func(jetstream.KeyValueEntry) bool) error {
	watcher, err := s.kv.WatchAll(ctx)
	if err != nil {
		return refusal(err)
	}
	defer func() { _ = watcher.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case found, open := <-watcher.Updates():
			if !open {
				return errCabinetClosed
			}
			if !f(found) {
				return nil
			}
		}
	}
}

func entry(found jetstream.KeyValueEntry) Entry {
	return Entry{
		Name: found.Key(), Document: found.Value(), Revision: found.Revision(),
		Removed: found.Operation() != jetstream.KeyValuePut,
	}
}
