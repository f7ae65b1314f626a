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
	k, d, ok := l.carries(h.payloadType)
	if !ok {
		return false
	}
	sequence, ok := s.in.sequence.accept(h)
	if !ok {
		return false
	}
	s.intake.due.Store(s.in.sequence.due())
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
		in.events.Reset()
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
	if l.isEvent(h.payloadType) {
		s.takeEvent(h, payload)
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

func (s *Session) takeEvent(h header, payload []byte) {
	e, ok := dtmf.ParseEvent(payload)
	if !ok {
		return
	}
	s.in.events.Packet(h.marker, h.timestamp, e)
	s.intake.events.Add(1)
	s.eventOpen.Store(s.in.events.Open())
}
