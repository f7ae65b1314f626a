package journaltest

import (
	"errors"
	"slices"

	"strowger/internal/journal"
)

// ---- What may go wrong with a Store. ----

// LoseAcknowledgements makes the next n appends store and yet fail.
func (s *Store) LoseAcknowledgements(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lose = n
}

// Stall makes a stream hang as a disk does: what is asked waits until GoOn. Then
// appends are stored in their order, also those whose callers have gone.
func (s *Store) Stall(stream int) { s.become(stream, stalled) }

// Mute makes a stream hang after it has stored what comes: no append is answered
// until GoOn.
func (s *Store) Mute(stream int) { s.become(stream, mute) }

func (s *Store) become(stream int, m mood) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams[stream].mood, s.streams[stream].resumed = m, make(chan struct{})
}

// GoOn ends what Stall and Mute began.
func (s *Store) GoOn() {
	for i := range s.streams {
		s.Resume(i)
	}
}

// Resume ends it for one stream.
func (s *Store) Resume(stream int) { s.resume(&s.streams[stream]) }

func (s *Store) resume(in *stream) {
	s.mu.Lock()
	waiting, resumed := in.queued, in.resumed
	in.mood, in.queued, in.resumed = well, nil, nil
	for _, q := range waiting {
		q.sequence, q.err = s.store(q.message, q.expect)
	}
	s.mu.Unlock()
	for _, q := range waiting {
		s.tell(q.message, q.sequence, q.err)
		close(q.done)
	}
	if resumed != nil {
		close(resumed)
	}
}

// CutOff loses the newest n messages of a stream, as a power cut does: the next
// get their sequences, and who follows has to begin anew.
func (s *Store) CutOff(stream, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := &s.streams[stream]
	kept := len(in.messages) - n
	in.last = in.messages[kept].Sequence - 1
	for _, m := range in.messages[kept:] {
		in.bytes -= int64(len(m.Body))
	}
	in.messages = slices.Clone(in.messages[:kept])
	in.cutOff++
	close(s.grown)
	s.grown = make(chan struct{})
}

func (s *Store) cuts(stream int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[stream].cutOff
}

// ErrCutOff ends those who follow a stream when CutOff is called.
var ErrCutOff = errors.New("the store has lost messages")

// Watch has f called with every message that is stored, before the append is
// answered, whether its caller learns of it or not.
func (s *Store) Watch(f func(journal.Message)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = f
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
