package dtmf

import "time"

// maxSegment is the longest duration that one event can state. A longer tone
// comes as several segments, each beginning where the last one ended (RFC 4733
// section 2.5.1.3).
const maxSegment = 0xffff

// segmentSlack is how much before maxSegment a sender may begin a new segment:
// its durations are multiples of its packet time, of up to 60 ms at 48 kHz.
const segmentSlack = 2880

const (
	// Patience is how long an event may go without a packet before its end counts
	// as lost.
	Patience = 100 * time.Millisecond
	// lossesInARow is how many packets in a row may be lost without harm.
	lossesInARow = 2
	// straggle is how late a packet may come that others have overtaken.
	straggle = 100 * time.Millisecond
	// repeatSpan is how long after the last packet of a press its end may still be
	// repeated with the same timestamp: two of three lost, 50 ms apart.
	repeatSpan = 200 * time.Millisecond
	// oddRepeatSpan is the same for an end with another timestamp, which may be the
	// end of another press.
	oddRepeatSpan = 100 * time.Millisecond
)

// Received is one telephone-event packet as it arrived.
type Received struct {
	Event
	At          time.Duration // since a moment that stays the same
	SSRC        uint32
	Sequence    uint16
	Timestamp   uint32
	Marker      bool
	ClockRateHz int // of Timestamp and Duration
}

// lasted is how long a number of the packet's timestamp units takes.
func (p *Received) lasted(units int) time.Duration {
	return time.Duration(units) * time.Second / time.Duration(max(p.ClockRateHz, 1))
}

// Receiver finds the keys in a stream of telephone events. Each press is reported
// once: at its first end packet, or when another begins without one, or when
// nothing came of it for Patience.
//
// A press is one run of one event code. RFC 4733 would have it that all packets of
// an event carry one timestamp, and that the next event has a later one; but
// there are senders that raise the timestamp with every packet, use it again for
// the next key, let it fall, repeat the end with another, number events apart from
// the sound, leave out the marker or the end. So no single field decides: the
// code, the end bit, the marker, a duration that falls and time do together.
type Receiver struct {
	report func(Digit)
	open   bool  // a press is being received whose end is not known
	last   press // the one being received, or received last
	before press // the one before that
	order  order
}

// press is what is known of one run of packets.
type press struct {
	seen      bool // there has been one
	code      uint8
	ended     bool          // a packet had the end bit
	first     uint32        // timestamp of the segment
	timestamp uint32        // of the last packet
	duration  uint16        // the longest stated for the segment
	at        time.Duration // of the last packet
}

// order is where a stream of event packets is in its numbering.
type order struct {
	known    bool
	ssrc     uint32
	sequence uint16
}

// ahead is how far a packet is ahead of the last one, if they can be compared.
func (o *order) ahead(p *Received) (packets int, ok bool) {
	if !o.known || o.ssrc != p.SSRC {
		return 0, false
	}
	return int(int16(p.Sequence - o.sequence)), true
}

// NewReceiver makes a receiver that calls report from within Packet or Expire.
func NewReceiver(report func(Digit)) *Receiver { return &Receiver{report: report} }

// Packet takes one telephone-event packet, in the order of arrival.
func (r *Receiver) Packet(p Received) {
	if r.overtaken(&p) {
		return
	}
	ahead, numbered := r.order.ahead(&p)
	r.order = order{known: true, ssrc: p.SSRC, sequence: p.Sequence}
	if r.open && p.At-r.last.at > Patience {
		r.Expire()
	}
	switch {
	case !r.last.seen || p.Code != r.last.code:
		r.begin(&p)
	case r.open && r.goesOn(&p), !r.open && r.isOver(&p, ahead, numbered):
		r.more(&p)
	default:
		r.begin(&p)
	}
}

// overtaken reports whether a packet comes after later ones of its own stream, and
// belongs to a press that is known. There is nothing to be learnt from it.
func (r *Receiver) overtaken(p *Received) bool {
	if ahead, ok := r.order.ahead(p); !ok || ahead >= 0 || ahead < -100 {
		return false
	}
	for _, known := range []*press{&r.last, &r.before} {
		if known.seen && known.code == p.Code && p.At-known.at < straggle {
			return true
		}
	}
	return false
}

// begin takes the first packet of a press.
func (r *Receiver) begin(p *Received) {
	r.Expire()
	r.before = r.last
	r.last = press{seen: true, code: p.Code, first: p.Timestamp, timestamp: p.Timestamp}
	r.open = true
	r.more(p)
}

// more takes a packet of the press that is known.
func (r *Receiver) more(p *Received) {
	l := &r.last
	if p.Duration < l.duration && r.nextSegment(p) {
		l.first, l.duration = p.Timestamp, 0
	}
	l.at, l.timestamp, l.duration = p.At, p.Timestamp, max(l.duration, p.Duration)
	if p.End {
		l.ended = true
		r.Expire()
	}
}

// goesOn reports whether a packet belongs to the press of its code whose end is
// not known. A duration only falls when something new begins.
func (r *Receiver) goesOn(p *Received) bool {
	return p.End || p.Duration >= r.last.duration || r.nextSegment(p)
}

// isOver reports whether a packet belongs to the press of its code that was
// reported already. It is so many ahead of the last one, if they are numbered.
func (r *Receiver) isOver(p *Received, ahead int, numbered bool) bool {
	l := &r.last
	gap := p.At - l.at
	again := p.Timestamp == l.timestamp || p.Timestamp == l.first
	// Too few packets are missing between the two for the beginning of another press;
	// an end may have overtaken two others besides.
	near := numbered && ahead > 0 && (ahead <= lossesInARow+1 || p.End && ahead <= lossesInARow+3)
	switch {
	case !l.ended && (!p.Marker || p.End) && (r.inStep(p, gap) || near && p.Duration > l.duration):
		return true // it was only given up: its packets were lost or late
	case near && p.End && p.Duration >= l.duration:
		return true // however late it comes
	case !p.End:
		// After the end comes the next press, unless the packet was sent before the
		// end by somebody who does not count.
		return numbered && ahead == 0 && again && !p.Marker && p.Duration <= l.duration && gap < straggle
	case gap < oddRepeatSpan:
		return true
	case p.Duration < l.duration:
		return false
	}
	// A tone that began before the last packet of the press was sent is that press.
	return p.lasted(int(p.Duration)) > gap || again && (!l.ended || gap <= repeatSpan)
}

// inStep reports whether the tone has grown by as much as time went by, roughly:
// some count the duration by another clock than they said.
func (r *Receiver) inStep(p *Received, gap time.Duration) bool {
	grown := int(p.Duration) - int(r.last.duration)
	if grown < 0 && r.nextSegment(p) {
		grown += int(p.Timestamp - r.last.first)
	}
	took := p.lasted(grown)
	return grown > 0 && 8*took >= 3*gap && took <= 4*gap+repeatSpan
}

// nextSegment reports whether the packet begins the next segment of a long tone, or
// states a duration that went round.
func (r *Receiver) nextSegment(p *Received) bool {
	if p.Marker {
		return false
	}
	full := r.last.duration >= maxSegment-segmentSlack
	elapsed := p.Timestamp - r.last.first
	return elapsed == 0 && full || elapsed > 0 && elapsed <= maxSegment &&
		(elapsed >= maxSegment-segmentSlack || elapsed == uint32(r.last.duration))
}

// Open reports whether a press has begun whose end has not been seen.
func (r *Receiver) Open() bool { return r.open }

// Expire reports the open press, if any: it has ended, or no packet came for so
// long that its end must have been lost.
func (r *Receiver) Expire() {
	if !r.open {
		return
	}
	r.open = false
	if d, ok := (Event{Code: r.last.code}).Digit(); ok {
		r.report(d)
	}
}
