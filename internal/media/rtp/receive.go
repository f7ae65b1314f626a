package rtp

import (
	"time"

	"strowger/internal/media/dtmf"
)

// receiving is the incoming half of a session, as far as it belongs to whoever
// takes packets just now.
type receiving struct {
	started  time.Time
	sequence sequencer
	stream   stream // of the last packet
	epoch    uint32 // counts the streams
	events   *dtmf.Receiver
	item     item
	arrival  time.Duration // of the packet in hand, since started
	take     Take          // receive; a value made per call would be garbage
}

// stream is what the timestamps of packets have in common that can be compared.
type stream struct {
	epoch       uint32 // the sequencer's
	clockRateHz int    // 0 before there was sound
}

// receive takes one packet of the far end and when it arrived, and reports
// whether it is RTP that was agreed on.
func (s *Session) receive(packet []byte, at time.Time) (ours bool) {
	if len(packet) > 1 && isRTCP(packet[1]) && s.takeControl(packet, at) {
		return false // it shows nothing of where the sound is
	}
	ours = s.accept(packet, at)
	if ours {
		s.intake.received.Add(1)
	} else {
		s.intake.invalid.Add(1)
	}
	return ours
}

func (s *Session) accept(packet []byte, at time.Time) bool {
	s.in.arrival = at.Sub(s.in.started)
	l := s.pipeline.Load()
	h, payload, ok := parse(packet)
	if l == nil || !ok || len(payload) > maxPayload {
		return false
	}
	if hz, ok := l.eventClock(h.payloadType); ok {
		s.takeEvent(l, h, payload, hz)
		if !s.in.sequence.carries(h) {
			s.intake.apart.Add(1)
			return true
		}
	}
	k, d, ok := l.carries(h.payloadType)
	if !ok {
		return false
	}
	sequence, ok := s.in.sequence.accept(h)
	if !ok {
		return false
	}
	s.intake.due.Store(s.in.sequence.due())
	s.intake.ssrc.Store(s.in.sequence.ssrc)
	s.intake.highest.Store(s.in.sequence.cycles | uint32(s.in.sequence.last))
	s.follow(d)
	s.take(l, k, h, sequence, payload)
	return true
}

// follow begins another epoch when the far end has begun another stream, or
// counts time by another clock since it sends another codec (RFC 7160): the
// timestamps before mean nothing any more.
func (s *Session) follow(d *decoding) {
	in := &s.in
	stream := in.stream
	stream.epoch = in.sequence.epoch
	if d != nil {
		stream.clockRateHz = d.Codec.ClockRateHz
	}
	if stream == in.stream {
		return
	}
	if stream.epoch != in.stream.epoch || in.stream.clockRateHz != 0 {
		in.epoch++
	}
	in.stream = stream
	s.intake.jitter.started = false
}

// take puts a numbered packet where it belongs.
func (s *Session) take(l *pipeline, k kind, h header, sequence uint64, payload []byte) {
	in := &s.in
	if !l.Direction.receives() {
		return
	}
	if k == sound {
		s.intake.jitter.take(in.arrival, h.timestamp, in.stream.clockRateHz)
	}
	if k == quiet {
		payload = nil
	}
	in.item.epoch, in.item.timestamp = in.epoch, h.timestamp
	in.item.payloadType, in.item.kind = h.payloadType, k
	switch s.playout.ring.put(sequence, &in.item, payload) {
	case late, refused:
		s.intake.late.Add(1)
	case duplicate:
		s.intake.duplicated.Add(1)
	}
}

// takeEvent hands an event to whoever finds the keys, whatever its numbering: there
// are senders that count events apart from the sound, or not at all.
func (s *Session) takeEvent(l *pipeline, h header, payload []byte, clockRateHz int) {
	e, ok := dtmf.ParseEvent(payload)
	if !ok || !l.Direction.receives() {
		return
	}
	s.in.events.Packet(dtmf.Received{
		Event: e, At: s.in.arrival, SSRC: h.ssrc, Sequence: h.sequence,
		Timestamp: h.timestamp, Marker: h.marker, ClockRateHz: clockRateHz,
	})
	s.intake.events.Add(1)
	s.eventOpen.Store(s.in.events.Open())
}
