package rtp

import (
	"net/netip"
	"time"

	"strowger/internal/media/dtmf"
)

// oldSourcePatience is how many packets from the source before an Update must
// come before it is believed to be the new one too: it may only not have heard
// of the change yet.
const oldSourcePatience = 50

// latch is where packets were found to come from, given what the SDP said.
type latch struct {
	offered netip.AddrPort
	source  netip.AddrPort
}

// receiving is the incoming half of a session, as far as it belongs to the
// reader goroutine.
type receiving struct {
	started   time.Time
	sequence  sequencer
	epoch     uint32
	events    *dtmf.Receiver
	oldSource int // packets from the source before an Update
	item      item
	arrival   time.Duration // of the packet in hand, since started
	take      func(packet []byte, from netip.AddrPort, age time.Duration)
}

// receive takes one datagram that has come just now.
func (s *Session) receive(packet []byte, from netip.AddrPort) {
	s.receivePolled(packet, from, 0)
}

// receivePolled takes one datagram that came a while ago.
func (s *Session) receivePolled(packet []byte, from netip.AddrPort, age time.Duration) {
	s.in.arrival = time.Since(s.in.started) - age
	l := s.pipeline.Load()
	h, payload, ok := parse(packet)
	if l == nil || !ok || len(payload) > maxPayload {
		s.intake.invalid.Add(1)
		return
	}
	k, ok := l.carries(h.payloadType)
	if !ok || !s.admit(l, from) {
		s.intake.invalid.Add(1)
		return
	}
	sequence, ok := s.in.sequence.accept(h)
	if !ok {
		s.intake.invalid.Add(1)
		return
	}
	s.intake.due.Store(s.in.sequence.due())
	s.take(l, k, h, sequence, payload)
	s.intake.received.Add(1)
}

// take puts a numbered packet where it belongs.
func (s *Session) take(l *pipeline, k kind, h header, sequence uint64, payload []byte) {
	in := &s.in
	if in.epoch != in.sequence.epoch {
		in.epoch = in.sequence.epoch
		in.events.Reset()
		s.intake.jitter.started = false
	}
	if !l.Direction.receives() {
		return
	}
	if k == sound {
		s.intake.jitter.take(in.arrival, h.timestamp, l.Codec.ClockRateHz)
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

// admit latches to the first source of a valid packet and then knows no other,
// until Update names another address.
func (s *Session) admit(l *pipeline, from netip.AddrPort) bool {
	at := s.latched.Load()
	if at != nil && at.offered == l.Remote {
		return from == at.source
	}
	if at != nil && from == at.source && from != l.Remote && s.in.oldSource < oldSourcePatience {
		s.in.oldSource++
		return false
	}
	s.in.oldSource = 0
	s.latched.Store(&latch{offered: l.Remote, source: from})
	return true
}
