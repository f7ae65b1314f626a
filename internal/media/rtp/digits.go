package rtp

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/media/dtmf"
)

var (
	// ErrNoEvents refuses digits on a leg without telephone-event.
	ErrNoEvents = errors.New("rtp: telephone-event was not negotiated")
	// ErrClosed ends digits that were still to be sent.
	ErrClosed = errors.New("rtp: session is closed")
	// ErrBusy refuses digits when too many bursts are waiting.
	ErrBusy = errors.New("rtp: too many digits waiting")
)

// maxBursts is how many bursts may wait for their turn.
const maxBursts = 16

// burst is digits to be sent, and who waits for them.
type burst struct {
	dtmf.Burst
	sent chan error // room for one, so nobody ever waits to answer
}

// outbox hands bursts to the clock. Its lock is taken once a burst, and never
// while there is nothing to do.
type outbox struct {
	news atomic.Bool // there is a burst that the clock has not taken

	mu      sync.Mutex
	closed  bool
	waiting []burst
	current *burst
}

func (o *outbox) add(b dtmf.Burst) <-chan error {
	job := burst{Burst: b, sent: make(chan error, 1)}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed:
		job.sent <- ErrClosed
	case len(o.waiting) >= maxBursts:
		job.sent <- ErrBusy
	default:
		o.waiting = append(o.waiting, job)
		o.news.Store(true)
	}
	return job.sent
}

// take makes the next burst the current one.
func (o *outbox) take() (dtmf.Burst, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == 0 {
		return dtmf.Burst{}, false
	}
	o.current = &o.waiting[0]
	o.waiting = o.waiting[1:]
	o.news.Store(len(o.waiting) > 0)
	return o.current.Burst, true
}

// finish answers the current burst.
func (o *outbox) finish(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.current != nil {
		o.current.sent <- err
		o.current = nil
	}
}

func (o *outbox) close() {
	o.finish(ErrClosed)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for _, b := range o.waiting {
		b.sent <- ErrClosed
	}
	o.waiting = nil
	o.news.Store(false)
}

// SendDTMF sends digits in place of sound, after those that are still being
// sent. The channel gets nil when all were sent, or why they were not. While
// the leg may not send, they wait.
func (s *Session) SendDTMF(digits []dtmf.Digit, tone, gap time.Duration) <-chan error {
	b := dtmf.Burst{Digits: digits, Tone: tone, Gap: gap}
	if err := s.refuses(b); err != nil {
		refused := make(chan error, 1)
		refused <- err
		return refused
	}
	return s.outbox.add(b)
}

// refuses says why a burst cannot be sent.
func (s *Session) refuses(b dtmf.Burst) error {
	l := s.pipeline.Load()
	if l == nil {
		return ErrNoEvents
	}
	if err := b.Validate(l.eventClockRateHz()); err != nil || l.EventPayloadType != 0 {
		return err
	}
	return ErrNoEvents
}
