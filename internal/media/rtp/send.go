package rtp

import (
	"math/rand/v2"
	"sync/atomic"

	"strowger/internal/media"
	"strowger/internal/media/dtmf"
)

// sending is the outgoing half of a session. It belongs to the clock, but for
// the counters.
type sending struct {
	ssrc   uint32
	first  uint16 // sequence number
	header header // of the next packet
	digits dtmf.Sender
	busy   bool // a burst of the outbox is being sent

	applied *pipeline // by WriteFrame
	packet  [headerSize + maxPayload]byte
	silence [media.MaxFrameSamples]int16

	stamp  atomic.Uint32 // timestamp of what is sent now
	octets atomic.Uint64 // of payload
	sent   atomic.Uint64
	errors atomic.Uint64
}

// init chooses where the stream starts, at random as RFC 3550 section 5.1 asks.
func (o *sending) init() {
	o.ssrc = rand.Uint32()
	o.header = header{
		sequence:  uint16(rand.Uint32()),
		timestamp: rand.Uint32(),
		ssrc:      o.ssrc,
		marker:    true,
	}
	o.first = o.header.sequence
}

// numbered is how many packets have had a number, sent or not.
func (o *sending) numbered() uint64 { return o.sent.Load() + o.errors.Load() }

// WriteFrame sends 20 ms to the far end, or digits in its place. It belongs to
// the clock, like ReadFrame.
func (s *Session) WriteFrame(src []int16) {
	o := &s.out
	if l := s.pipeline.Load(); l != nil && l.frame() == len(src) {
		o.applied = l // else it came just before a frame of the old rate
	}
	l := o.applied
	if l == nil || l.frame() != len(src) {
		return
	}
	now := o.header.timestamp
	o.stamp.Store(now)
	o.header.timestamp += l.frameUnits()

	if !l.sends() {
		o.header.marker = true // RFC 3551 section 4.1: sound begins again after silence
		return
	}
	packet, step := s.nextDigit(l, now)
	switch step {
	case dtmf.Send:
		s.sendEvent(l, packet)
	case dtmf.Pause:
		s.sendSound(l, o.silence[:len(src)], now)
	case dtmf.Idle:
		s.sendSound(l, src, now)
	}
}

// nextDigit asks the burst being sent what is due, and starts the next one.
func (s *Session) nextDigit(l *pipeline, now uint32) (dtmf.Packet, dtmf.Step) {
	o := &s.out
	if o.busy && l.EventPayloadType == 0 {
		o.digits, o.busy = dtmf.Sender{}, false
		s.outbox.finish(ErrNoEvents)
	}
	if o.busy && !o.digits.Busy() {
		o.busy = false
		s.outbox.finish(nil)
	}
	if !o.busy && s.outbox.news.Load() {
		s.startBurst(l)
	}
	return o.digits.Next(now)
}

func (s *Session) startBurst(l *pipeline) {
	if b, ok := s.outbox.take(); ok {
		s.out.busy = true
		s.out.digits.Start(b, l.eventClockRateHz())
	}
}

func (s *Session) sendEvent(l *pipeline, p dtmf.Packet) {
	h := s.out.header
	h.payloadType, h.timestamp, h.marker = l.EventPayloadType, p.Timestamp, p.Marker
	p.Event.Put(s.out.packet[headerSize:])
	s.send(h, dtmf.EventSize)
}

func (s *Session) sendSound(l *pipeline, src []int16, now uint32) {
	h := s.out.header
	h.payloadType, h.timestamp = l.PayloadType, now
	n := l.encoder.Encode(s.out.packet[headerSize:], src)
	// RFC 3551 section 4.1: sound that begins again after silence is marked.
	s.out.header.marker = n == 0
	if n == 0 {
		return
	}
	s.send(h, n)
}

func (s *Session) send(h header, payload int) {
	o := &s.out
	h.put(o.packet[:])
	o.header.sequence++
	if err := s.cfg.Transport.WritePacket(o.packet[:headerSize+payload]); err != nil {
		o.errors.Add(1)
		return
	}
	o.octets.Add(uint64(payload))
	o.sent.Add(1)
}

// sends reports whether the far end is to be sent anything. An unspecified
// address puts it on hold (RFC 3264 section 8.4), a port of 0 rejects the media.
func (l *pipeline) sends() bool {
	return l.Direction.sends() && l.Remote.IsValid() && !l.Remote.Addr().IsUnspecified() && l.Remote.Port() != 0
}
