package sip

import "sync"

// roomForNews is how many things a mailbox takes that may also be dropped.
const roomForNews = 64

// mailbox keeps what one goroutine has to do, in order. Putting never blocks.
type mailbox[T any] struct {
	wake chan struct{} // holds one token while there is something

	mu      sync.Mutex
	waiting []T
}

func newMailbox[T any]() *mailbox[T] { return &mailbox[T]{wake: make(chan struct{}, 1)} }

// put always finds room: it is for what happens a bounded number of times to
// each leg, and must not be lost.
func (m *mailbox[T]) put(v T) {
	m.mu.Lock()
	m.waiting = append(m.waiting, v)
	m.mu.Unlock()
	m.ring()
}

// try puts v when there is room for news, and reports whether there was.
func (m *mailbox[T]) try(v T) bool {
	m.mu.Lock()
	full := len(m.waiting) >= roomForNews
	if !full {
		m.waiting = append(m.waiting, v)
	}
	m.mu.Unlock()
	if !full {
		m.ring()
	}
	return !full
}

func (m *mailbox[T]) ring() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

func (m *mailbox[T]) take() []T {
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.waiting
	m.waiting = nil
	return taken
}
