package rtp

import (
	"strowger/internal/media"
	"strowger/internal/media/dtmf"
)

// eventPatience is how many frames an event may go without a packet before its
// end counts as lost.
const eventPatience = int(dtmf.Patience / media.FrameDuration)

// What the clock asks the reader to do, as it may not call anyone itself.
const (
	alarmTimeout = 1 << iota
	alarmEvent
)

// hush notices, by counting frames, that nothing comes any more. It belongs to
// the clock.
type hush struct {
	limit    int // frames; 0: never
	idle     int // frames since the last packet
	received uint64

	eventIdle int // frames since the last packet of an open event
	events    uint64
}

// listen is called once per frame.
func (s *Session) listen(l *pipeline) {
	h := &s.hush
	if received := s.intake.received.Load(); received != h.received || !l.Direction.receives() {
		h.received, h.idle = received, 0
	} else if h.idle++; h.idle == h.limit {
		s.alarm(alarmTimeout)
	}
	if events := s.intake.events.Load(); events != h.events || !s.eventOpen.Load() {
		h.events, h.eventIdle = events, 0
	} else if h.eventIdle++; h.eventIdle == eventPatience {
		s.alarm(alarmEvent)
	}
}

func (s *Session) alarm(what uint32) {
	s.alarms.Or(what)
	s.cfg.Transport.Wake()
}

// answerAlarms runs on the reader.
func (s *Session) answerAlarms() {
	what := s.alarms.Swap(0)
	if what&alarmEvent != 0 {
		s.hold()
		s.in.events.Expire()
		s.eventOpen.Store(false)
		s.intaking.Store(false)
	}
	s.tellDigits() // before the silence that came after them
	if what&alarmTimeout != 0 && s.cfg.OnMediaTimeout != nil {
		s.cfg.OnMediaTimeout()
	}
}

var _ interface {
	media.Source
	media.Sink
} = (*Session)(nil)
