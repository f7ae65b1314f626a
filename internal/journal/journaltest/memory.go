package journaltest

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

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
	jottings  map[int][]jotting
	shelf     []journal.Shelved
	cabinets  map[string]*cabinet
	ledger    *ledger
	grown     chan struct{} // closed when a message comes
	watch     func(journal.Message)
	lose      int
	failure   error
	most      int64
	bodyMost  int
}

// mood is how a stream answers.
type mood int

const (
	well    mood = iota
	stalled      // nothing is stored and nothing is read until it is over
	mute         // what comes is stored, and no append is answered
)

// queued is an append that came while its stream had stalled.
type queued struct {
	message  journal.Message
	expect   uint64
	sequence uint64
	err      error
	done     chan struct{}
}

type stream struct {
	messages []journal.Message // in order; may have gaps
	last     uint64
	bytes    int64
	mood     mood
	resumed  chan struct{} // closed when the mood is over
	queued   []*queued
	wide     bool
	cutOff   int // how often CutOff was called
}

// NewStore is an empty store.
func NewStore(streams int) *Store {
	return &Store{
		streams: make([]stream, streams), documents: map[string][]byte{}, jottings: map[int][]jotting{}, grown: make(chan struct{}), most: 1 << 40, bodyMost: 8 << 20,
	}
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
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	m.Body = slices.Clone(m.Body)
	q, answered := s.take(m, expect)
	select {
	case <-answered:
		return q.sequence, q.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// take stores a message, or queues it while its stream has stalled.
func (s *Store) take(m journal.Message, expect uint64) (*queued, <-chan struct{}) {
	s.mu.Lock()
	in := &s.streams[m.Stream]
	q := &queued{message: m, expect: expect, done: make(chan struct{})}
	if in.mood == stalled {
		in.queued = append(in.queued, q)
		s.mu.Unlock()
		return q, q.done
	}
	q.sequence, q.err = s.store(m, expect)
	mood, resumed := in.mood, in.resumed
	s.mu.Unlock()
	s.tell(m, q.sequence, q.err)
	if mood == mute {
		return q, resumed
	}
	close(q.done)
	return q, q.done
}

// store is called with mu held.
func (s *Store) store(m journal.Message, expect uint64) (uint64, error) {
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
	if in.bytes+int64(len(m.Body)) > s.bound(in) {
		return 0, journal.ErrFull
	}
	in.last++
	in.bytes += int64(len(m.Body))
	m.Sequence, m.Time = in.last, time.Now()
	in.messages = append(in.messages, m)
	close(s.grown)
	s.grown = make(chan struct{})
	if s.lose > 0 {
		s.lose--
		return m.Sequence, ErrLost
	}
	return m.Sequence, nil
}

// tell tells who watches of a message that was stored.
func (s *Store) tell(m journal.Message, sequence uint64, err error) {
	s.mu.Lock()
	watch := s.watch
	s.mu.Unlock()
	if watch != nil && (err == nil || errors.Is(err, ErrLost)) {
		m.Sequence = sequence
		watch(m)
	}
}

// ready waits while a stream has stalled.
func (s *Store) ready(ctx context.Context, stream int) error {
	s.mu.Lock()
	mood, resumed := s.streams[stream].mood, s.streams[stream].resumed
	s.mu.Unlock()
	if mood != stalled {
		return nil
	}
	select {
	case <-resumed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
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
func (s *Store) Last(ctx context.Context, stream int, key call.Key) (journal.Message, error) {
	if err := s.ready(ctx, stream); err != nil {
		return journal.Message{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.streams[stream].find(key)
	if !ok {
		return m, journal.ErrNotFound
	}
	return m, nil
}

// At is the message with a sequence.
func (s *Store) At(ctx context.Context, stream int, sequence uint64) (journal.Message, error) {
	if err := s.ready(ctx, stream); err != nil {
		return journal.Message{}, err
	}
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
	began := s.cuts(stream)
	for ctx.Err() == nil {
		m, grown, ok := s.from(stream, from)
		switch {
		case s.cuts(stream) != began:
			return ErrCutOff
		case !ok:
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

// Each hands out the messages of a key.
func (s *Store) Each(_ context.Context, stream int, key call.Key, f func(journal.Message) error) error {
	s.mu.Lock()
	all := slices.Clone(s.streams[stream].messages)
	s.mu.Unlock()
	for _, m := range all {
		if m.Key != key {
			continue
		}
		if err := f(m); err != nil {
			return err
		}
	}
	return nil
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
	in := &s.streams[stream]
	e := journal.Extent{
		First: in.last + 1, Last: in.last, Bytes: in.bytes, Most: s.bound(in), Wide: in.wide, Free: math.MaxInt64,
	}
	if len(in.messages) > 0 {
		e.First = in.messages[0].Sequence
	}
	return e, nil
}

// bound is how many bytes a stream may have.
func (s *Store) bound(in *stream) int64 {
	if in.wide {
		return s.most + s.most/8
	}
	return s.most
}

// Widen gives a stream an eighth more.
func (s *Store) Widen(_ context.Context, stream int, wide bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams[stream].wide = wide
	return nil
}

// Tend says what Fail said last, when that is want of room.
func (s *Store) Tend(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.failure, journal.ErrNoSpace) || errors.Is(s.failure, journal.ErrUnwritable) {
		return s.failure
	}
	return nil
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

// Forget removes what a key has before a sequence.
func (s *Store) Forget(_ context.Context, stream int, key call.Key, before uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := &s.streams[stream]
	in.messages = slices.DeleteFunc(in.messages, func(m journal.Message) bool {
		gone := m.Key == key && m.Sequence < before
		if gone {
			in.bytes -= int64(len(m.Body))
		}
		return gone
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

// jotting is a document of Jot.
type jotting struct {
	at       time.Time
	document []byte
}

// Jot keeps all of them.
func (s *Store) Jot(_ context.Context, stream int, document []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jottings[stream] = append(s.jottings[stream], jotting{time.Now(), slices.Clone(document)})
	return nil
}

// Jotted gives them back.
func (s *Store) Jotted(_ context.Context, stream int, since time.Time, f func([]byte) error) error {
	s.mu.Lock()
	all := slices.Clone(s.jottings[stream])
	s.mu.Unlock()
	for _, j := range all {
		if j.at.Before(since) {
			continue
		}
		if err := f(j.document); err != nil {
			return err
		}
	}
	return nil
}

// Close does nothing: a store can be used by the next journal, as a disk can.
func (s *Store) Close() {}
