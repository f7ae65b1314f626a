package rtp

const (
	// maxDropout and maxMisorder bound how far the sequence number may jump
	// within one stream (RFC 3550 A.1).
	maxDropout  = 3000
	maxMisorder = 100
)

// sequencer follows the far end's stream through lost packets and restarts,
// and gives each packet a number that never wraps. Streams of one session
// follow each other in that numbering, a ring apart, so that packets of an old
// stream can never be taken for those of a new one.
type sequencer struct {
	started bool
	epoch   uint32 // counts restarts
	ssrc    uint32
	last    uint16 // highest wire number of the stream
	highest uint64 // the same, extended
	cycles  uint32 // of the wire number, shifted to stand above it

	// A packet that does not fit is believed when the next one fits to it.
	doubtful     bool
	doubtfulSSRC uint32
	doubtfulNext uint16

	first    uint64 // of the stream
	expected uint64 // packets of earlier streams that should have come
}

// eventsAhead is how far ahead of the sound an event may be numbered to be in its
// numbering.
const eventsAhead = 16

// carries reports whether an event is numbered with the sound. One that is not must
// not move the numbering of the sound.
func (s *sequencer) carries(h header) bool {
	delta := int(int16(h.sequence - s.last))
	return s.started && h.ssrc == s.ssrc && delta > -maxMisorder && delta <= eventsAhead
}

// accept numbers a packet, or drops it as doubtful.
func (s *sequencer) accept(h header) (sequence uint64, ok bool) {
	if !s.started {
		s.started = true
		s.begin(h)
		return s.highest, true
	}
	if h.ssrc == s.ssrc {
		delta := int(int16(h.sequence - s.last))
		if delta > -maxMisorder && delta < maxDropout {
			s.doubtful = false
			return s.follow(h, delta)
		}
	}
	if s.doubtful && h.ssrc == s.doubtfulSSRC && h.sequence == s.doubtfulNext {
		s.epoch++
		s.begin(h)
		return s.highest, true
	}
	s.doubtful, s.doubtfulSSRC, s.doubtfulNext = true, h.ssrc, h.sequence+1
	return 0, false
}

func (s *sequencer) begin(h header) {
	if s.highest > 0 {
		s.expected += s.highest - s.first + 1
	}
	// Starting at a ring's length keeps room below for packets that arrive
	// before the first in order.
	s.highest += ringSlots + maxMisorder
	s.first = s.highest
	s.ssrc, s.last, s.cycles, s.doubtful = h.ssrc, h.sequence, 0, false
}

func (s *sequencer) follow(h header, delta int) (uint64, bool) {
	sequence := s.highest + uint64(delta)
	if delta > 0 {
		if h.sequence < s.last {
			s.cycles += 1 << 16
		}
		s.highest, s.last = sequence, h.sequence
	}
	if sequence < s.first {
		s.first = sequence
	}
	return sequence, true
}

// due is how many packets should have come so far (RFC 3550 A.3).
func (s *sequencer) due() uint64 {
	if !s.started {
		return 0
	}
	return s.expected + s.highest - s.first + 1
}
