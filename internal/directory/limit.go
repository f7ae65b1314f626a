package directory

import (
	"sync"
	"time"
)

// Limits bound what a trunk is asked to carry; 0 means no limit.
type Limits struct {
	Calls          int // at once
	CallsPerSecond int
}

// Take counts one call on a trunk, and refuses when its limits are reached.
// release ends the count; calling it again does nothing.
func (d *Directory) Take(trunk string) (release func(), err error) {
	m, ok := d.meters[trunk]
	if !ok {
		return nil, refuse(Unknown, "there is no trunk %s", trunk)
	}
	if reason := m.take(); reason != "" {
		return nil, refuse(Busy, "trunk %s has %s", trunk, reason)
	}
	return sync.OnceFunc(m.release), nil
}

// InUse is how many calls count on a trunk now.
func (d *Directory) InUse(trunk string) int {
	m, ok := d.meters[trunk]
	if !ok {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}

// meter counts the calls of one trunk. The rate is that of a bucket which
// holds one second's worth: a burst of a full second passes, no more.
type meter struct {
	limits Limits
	now    func() time.Time

	mu     sync.Mutex
	calls  int
	spent  float64 // of the bucket
	filled time.Time
}

func (m *meter) take() (reason string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.limits.Calls > 0 && m.calls >= m.limits.Calls {
		return "all the calls that it may have"
	}
	if rate := float64(m.limits.CallsPerSecond); rate > 0 {
		now := m.now()
		m.spent = max(0, m.spent-rate*now.Sub(m.filled).Seconds())
		m.filled = now
		if m.spent+1 > rate {
			return "more calls in this second than it may have"
		}
		m.spent++
	}
	m.calls++
	return ""
}

func (m *meter) release() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls--
}
