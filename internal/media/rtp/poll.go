package rtp

import (
	"runtime"
	"time"

	"strowger/internal/media/dtmf"
)

// maxUntold is how many digits may wait to be told, which is as many as the
// packets of one poll can hold. Beyond that the reader has not run for a whole
// frame and nobody has that many fingers: they are dropped.
const maxUntold = 64

// pressed is a digit that was found, and when.
type pressed struct {
	digit dtmf.Digit
	at    time.Time
}

// poll takes what has arrived, unless somebody else is just doing so.
func (s *Session) poll() {
	if !s.intaking.CompareAndSwap(false, true) {
		return
	}
	s.cfg.Transport.Poll(s.in.take)
	s.intaking.Store(false)
	if len(s.digits) > 0 {
		s.cfg.Transport.Wake()
	}
}

// hold waits until nobody else takes what arrives. It is not for the clock.
func (s *Session) hold() {
	for !s.intaking.CompareAndSwap(false, true) {
		runtime.Gosched()
	}
}

// hearDigit is called wherever packets are taken. Callbacks are the reader's,
// so what is found is left to it.
func (s *Session) hearDigit(d dtmf.Digit) {
	select {
	case s.digits <- pressed{d, s.in.started.Add(s.in.arrival)}:
	default:
	}
}

// tellDigits runs on the reader.
func (s *Session) tellDigits() {
	for {
		select {
		case p := <-s.digits:
			if s.cfg.OnDigit != nil {
				s.cfg.OnDigit(p.digit, p.at)
			}
		default:
			return
		}
	}
}
