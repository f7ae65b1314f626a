package dtmf

// maxSegment is the longest duration that one event can state. A longer tone
// comes as several segments, each beginning where the last one ended (RFC 4733
// section 2.5.1.3).
const maxSegment = 0xffff

// segmentSlack is how much before maxSegment a sender may begin a new segment:
// its durations are multiples of its packet time, of up to 60 ms at 48 kHz.
const segmentSlack = 2880

// maxStraggle is how far back a late packet may reach; what seems older comes
// from a sender that started its timestamps anew.
const maxStraggle = 2 * maxSegment

// Receiver finds the digits in a stream of telephone events. Each is reported
// once: at its first end packet, or when another event begins without one, or
// by Expire.
type Receiver struct {
	report func(Digit)

	open     bool   // an event is being received
	seen     bool   // there has been an event, so timestamp means something
	first    uint32 // timestamp of the segment being received, or received last
	code     uint8
	duration uint16 // the longest stated for this segment
}

// NewReceiver makes a receiver that calls report from within Packet or Expire.
func NewReceiver(report func(Digit)) *Receiver { return &Receiver{report: report} }

// Packet takes one telephone-event packet, in whatever order packets came.
func (r *Receiver) Packet(marker bool, timestamp uint32, e Event) {
	switch {
	case r.seen && timestamp == r.first:
		r.more(e)
	case r.seen && r.first-timestamp < maxStraggle:
		// A straggler of an event that is over: retransmitted ends may be
		// overtaken by the next event.
	case r.open && r.continues(marker, timestamp, e):
		r.first, r.duration = timestamp, 0
		r.more(e)
	default:
		r.Expire()
		*r = Receiver{report: r.report, open: true, seen: true, first: timestamp, code: e.Code}
		r.more(e)
	}
}

// more takes another packet of the same segment; after the end there is
// nothing more to learn.
func (r *Receiver) more(e Event) {
	if !r.open {
		return
	}
	r.duration = max(r.duration, e.Duration)
	if e.End {
		r.Expire()
	}
}

// continues reports whether the packet begins the next segment of a long tone.
func (r *Receiver) continues(marker bool, timestamp uint32, e Event) bool {
	elapsed := timestamp - r.first
	return !marker && e.Code == r.code && elapsed <= maxSegment &&
		(elapsed >= maxSegment-segmentSlack || elapsed == uint32(r.duration))
}

// Open reports whether an event has begun whose end has not been seen.
func (r *Receiver) Open() bool { return r.open }

// Expire reports the open event, if any: no packet came for so long that its
// end must have been lost.
func (r *Receiver) Expire() {
	if !r.open {
		return
	}
	r.open = false
	if d, ok := (Event{Code: r.code}).Digit(); ok {
		r.report(d)
	}
}

// Reset forgets the timestamps, as the stream was started anew. An open event
// is reported.
func (r *Receiver) Reset() {
	r.Expire()
	r.seen = false
}
