package rtp

import (
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"net/netip"
	"os"
	"sync"
	"time"
)

// Control carries RTCP of one leg, on a port of its own or on that of the sound.
type Control interface {
	// Follow says where the far end's description places its RTCP, and whether that
	// shares the port of the sound (RFC 5761). An invalid address is the port above
	// that of the sound (RFC 3550 section 11).
	Follow(announced netip.AddrPort, muxed bool)
	// Read blocks until a packet of the far end has been taken, or gives
	// os.ErrDeadlineExceeded at a time. It is for one goroutine.
	Read(until time.Time, take Take) error
	// Write sends to the far end. It is for any goroutine.
	Write(b []byte) error
}

// reportEvery is the mean time between reports: the minimum of RFC 3550 section 6.2,
// as a call of two is far below the bandwidth that RTCP may have.
const reportEvery = 5 * time.Second

// nextReport is when the next report is due: between half and one and a half of the
// mean, and half of that for the first one (RFC 3550 section 6.2 and 6.3.1).
func nextReport(first bool) time.Duration {
	const compensation = 1.21828 // e - 3/2, for the reconsideration that others do
	mean := float64(reportEvery)
	if first {
		mean /= 2
	}
	return time.Duration(mean * (0.5 + rand.Float64()) / compensation)
}

// dialogue is what both ends tell each other of what they hear.
type dialogue struct {
	cname string

	mu        sync.Mutex // the clock only tries it
	reports   uint64     // that came about our stream
	last      block      // of them
	covered   uint64     // how many of our packets they are about, from the first on
	lost      uint64     // how many of those never came
	roundTrip time.Duration
	lastSR    uint32 // of the far end; 0: none came
	lastSRAt  time.Time

	// Of the goroutine that reports.
	expected, received uint64 // as of the last report
	packet             []byte
}

// newName is a name that is unique and tells nobody anything (RFC 7022 section 4.2).
func newName() string {
	var b [12]byte
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return hex.EncodeToString(b[:])
}

// converse exchanges reports until the transport is closed.
func (s *Session) converse(c Control) {
	take := s.takeControl
	for first, due := true, time.Now().Add(nextReport(true)); ; {
		err := c.Read(due, take)
		switch {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.report(c, false)
			first = false
			due = time.Now().Add(nextReport(first))
		default:
			return
		}
	}
}

// report tells the far end what was sent to it and heard of it.
func (s *Session) report(c Control, bye bool) {
	l := s.pipeline.Load()
	if l == nil {
		return
	}
	s.talk.mu.Lock()
	defer s.talk.mu.Unlock()
	now := time.Now()
	p := control{ssrc: s.out.ssrc, cname: s.talk.cname, heard: s.heardSoFar(l, now), bye: bye}
	if sent := s.out.sent.Load(); sent > 0 {
		p.sent = &senderInfo{ntp: ntpTime(now), timestamp: s.out.stamp.Load(), packets: uint32(sent), octets: uint32(s.out.octets.Load())}
	}
	s.talk.packet = p.append(s.talk.packet[:0])
	_ = c.Write(s.talk.packet) // as lost as any other packet
}

// heardSoFar is what is told of the far end's stream, or nil before there is any. It
// is called with talk.mu held.
func (s *Session) heardSoFar(l *pipeline, now time.Time) *block {
	due := s.intake.due.Load()
	if due == 0 {
		return nil
	}
	lost := s.intake.lost()
	b := &block{
		ssrc: s.intake.ssrc.Load(), highest: s.intake.highest.Load(), lost: int32(min(lost, 0x7fffff)),
		jitter: uint32(s.intake.jitter.duration().Seconds() * float64(l.Codec.ClockRateHz)), lastSR: s.talk.lastSR,
	}
	if b.lastSR != 0 {
		b.delay = ntpMiddle(ntpTime(now)) - ntpMiddle(ntpTime(s.talk.lastSRAt))
	}
	// RFC 3550 A.3: what is lost since the last report; more may have come than was due.
	expected, received := due-s.talk.expected, due-lost-s.talk.received
	if expected > received {
		b.fraction = uint8(min((expected-received)*256/expected, 255))
	}
	s.talk.expected, s.talk.received = due, due-lost
	return b
}

// takeControl takes an RTCP packet of the far end, and reports whether it is from
// whoever the sound is from or goes to. It does not wait for anyone: a report that
// comes while another is written is as good as lost.
func (s *Session) takeControl(packet []byte, at time.Time) (ours bool) {
	t, ok := parseControl(packet, s.out.ssrc)
	speaks := s.intake.due.Load() > 0 && t.sender == s.intake.ssrc.Load()
	if !ok || !t.ofOurs && !speaks {
		return false
	}
	if !s.talk.mu.TryLock() {
		return true
	}
	defer s.talk.mu.Unlock()
	if t.sends && speaks {
		s.talk.lastSR, s.talk.lastSRAt = ntpMiddle(t.ntp), at
	}
	if t.ofOurs {
		s.talk.take(t.about, at)
		s.talk.covered = max(s.talk.covered, s.out.upTo(t.about.highest))
	}
	return true
}

// take notes what the far end says of our stream, and how long the way there and back is.
func (d *dialogue) take(b block, at time.Time) {
	d.reports++
	d.count(max(d.last.lost, 0), max(b.lost, 0))
	d.last = b
	// RFC 3550 section 6.4.1: A - LSR - DLSR. Clocks that are set make it senseless.
	if trip := ntpMiddle(ntpTime(at)) - b.lastSR - b.delay; b.lastSR != 0 && trip < 1<<31 {
		d.roundTrip = ofMiddle(trip)
	}
}

// count adds to what was lost. A far end has a few less when some come late, and far
// less when it counts anew, as many do after a hold.
func (d *dialogue) count(before, now int32) {
	switch {
	case now > before:
		d.lost += uint64(now - before)
	case now < before/2:
		d.lost += uint64(now)
	}
}
