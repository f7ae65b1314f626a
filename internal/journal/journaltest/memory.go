package journaltest

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"

	"strowger/internal/call"
	"strowger/internal/journal"
)

// New is an empty journal in memory, of two streams.
func New() *journal.Journal {
	return journal.Over(NewStore(2), "", slog.New(slog.DiscardHandler))
}

// ErrLost is what an Append ends with whose acknowledgement was lost.
var ErrLost = errors.New("the acknowledgement was lost")

// Store is a journal.Storage in memory. What it cannot do by itself, fail, is
// asked of it.
type Store struct {
	mu        sync.Mutex
	streams   []stream
	documents map[string][]byte
	grown     chan struct{} // closed when a message comes
	lose      int
	failure   error
	most      int64
	bodyMost  int
}

type stream struct {
	messages []journal.Message // in order; may have gaps
	last     uint64
	bytes    int64
}

// NewStore is an empty store.
func NewStore(streams int) *Store {
	return &Store{
		streams: make([]stream, streams), documents: map[string][]byte{}, grown: make(chan struct{}), most: 1 << 40, bodyMost: 8 << 20,
	}
}

// LoseAcknowledgements makes the next n appends store and yet fail.
func (s *Store) LoseAcknowledgements(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lose = n
}

// Fail makes every append fail with err until it is called with nil.
func (s *Store) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
}

// Limit bounds the bytes of each stream.
func (s *Store) Limit(bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = bytes
}

// LimitBodies bounds the bytes of each message.
func (s *Store) LimitBodies(bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodyMost = bytes
}

// Streams implements journal.Storage, as all below do.
func (s *Store) Streams() int { return len(s.streams) }

// BodyMost is what LimitBodies said last.
func (s *Store) BodyMost() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bodyMost
}

// Append stores a message.
func (s *Store) Append(ctx context.Context, m journal.Message, expect uint64) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if s.failure != nil {
		return 0, s.failure
	}
	in := &s.streams[m.Stream]
	last, _ := in.find(m.Key)
	if last.Sequence != expect {
		return 0, journal.ErrUnexpected
	}
	if len(m.Body) > s.bodyMost {
		return 0, journal.ErrTooLarge
	}
	if in.bytes+int64(len(m.Body)) > s.most {
		return 0, journal.ErrFull
	}
	in.last++
	in.bytes += int64(len(m.Body))
	m.Sequence, m.Body = in.last, slices.Clone(m.Body)
	in.messages = append(in.messages, m)
	close(s.grown)
	s.grown = make(chan struct{})
	if s.lose > 0 {
		s.lose--
		return 0, ErrLost
	}
	return m.Sequence, nil
}

// find is the last message of a key.
func (in *stream) find(key call.Key) (journal.Message, bool) {
	for _, m := range slices.Backward(in.messages) {
		if m.Key == key {
			return m, true
		}
	}
	return journal.Message{}, false
}

// Last is the last message of a key.
func (s *Store) Last(_ context.Context, stream int, key call.Key) (journal.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.streams[stream].find(key)
	if !ok {
		return m, journal.ErrNotFound
	}
	return m, nil
}

// At is the message with a sequence.
func (s *Store) At(_ context.Context, stream int, sequence uint64) (journal.Message, error) {
	m, _, ok := s.from(stream, sequence)
	if !ok || m.Sequence != sequence {
		return journal.Message{}, journal.ErrNotFound
	}
	return m, nil
}

// from is the first message at or after a sequence, or what to wait for.
func (s *Store) from(stream int, sequence uint64) (journal.Message, <-chan struct{}, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := &s.streams[stream]
	i, _ := slices.BinarySearchFunc(in.messages, sequence, func(m journal.Message, q uint64) int { return int(m.Sequence) - int(q) })
	if i == len(in.messages) {
		return journal.Message{}, s.grown, false
	}
	return in.messages[i], nil, true
}

// Follow hands out messages as they come.
func (s *Store) Follow(ctx context.Context, stream int, from uint64, f func(journal.Message) error) error {
	for ctx.Err() == nil {
		m, grown, ok := s.from(stream, from)
		if !ok {
			select {
			case <-ctx.Done():
			case <-grown:
			}
			continue
		}
		if err := f(m); err != nil {
			return err
		}
		from = m.Sequence + 1
	}
	return ctx.Err()
}

// Heads hands out the last message of each key.
func (s *Store) Heads(_ context.Context, stream int, f func(journal.Message) error) error {
	for _, m := range s.heads(stream) {
		if err := f(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) heads(stream int) []journal.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var heads []journal.Message
	seen := map[call.Key]bool{}
	for _, m := range slices.Backward(s.streams[stream].messages) {
		if !seen[m.Key] {
			m.Body = nil
			heads = append(heads, m)
		}
		seen[m.Key] = true
	}
	slices.Reverse(heads)
	return heads
}

// Extent is how much a stream holds.
func (s *Store) Extent(_ context.Context, stream int) (journal.Extent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.streams[stream]
	e := journal.Extent{First: in.last + 1, Last: in.last, Bytes: in.bytes, Most: s.most}
	if len(in.messages) > 0 {
		e.First = in.messages[0].Sequence
	}
	return e, nil
}

// Cut removes what is before a sequence.
func (s *Store) Cut(_ context.Context, stream int, before uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := &s.streams[stream]
	for len(in.messages) > 0 && in.messages[0].Sequence < before {
		in.bytes -= int64(len(in.messages[0].Body))
		in.messages = in.messages[1:]
	}
	return nil
}

// Forget removes a key.
func (s *Store) Forget(_ context.Context, stream int, key call.Key) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := &s.streams[stream]
	in.messages = slices.DeleteFunc(in.messages, func(m journal.Message) bool {
		if m.Key == key {
			in.bytes -= int64(len(m.Body))
		}
		return m.Key == key
	})
	return nil
}

// Put keeps a document.
func (s *Store) Put(_ context.Context, name string, document []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.documents[name] = slices.Clone(document)
	return nil
}

// Get finds a document.
func (s *Store) Get(_ context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.documents[name]
	if !ok {
		return nil, journal.ErrNotFound
	}
	return slices.Clone(d), nil
}

// Close does nothing: a store can be used by the next journal, as a disk can.
func (s *Store) Close() {}
