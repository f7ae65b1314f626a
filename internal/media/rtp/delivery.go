package rtp

// Mark is a place in the stream that is sent, and what the far end had reported by then.
type Mark struct {
	packets uint64 // before it
	lost    uint64 // of all packets, as the reports had it
}

// Delivery is what became of the packets between two marks.
type Delivery struct {
	Sent     uint64 // packets
	Reported uint64 // of them, those that the far end has told of
	// Lost is how many of those it says never came. Loss in a report that is about packets
	// before or after the marks too is counted as if it were all between them: what is
	// not lost did come.
	Lost uint64
	Mute bool // nothing need be waited for: the far end never reports
}

// muteAfter is how many packets a far end is sent before it must have reported: ten
// seconds of them, as reports come every five (RFC 3550 section 6.2).
const muteAfter = 500

// Mark is where the stream is now.
func (s *Session) Mark() Mark {
	s.talk.mu.Lock()
	defer s.talk.mu.Unlock()
	return Mark{packets: s.out.numbered(), lost: s.talk.lost}
}

// Between is what is known by now of what was sent between two marks.
func (s *Session) Between(from, to Mark) Delivery {
	s.talk.mu.Lock()
	defer s.talk.mu.Unlock()
	d := Delivery{Sent: to.packets - from.packets, Mute: s.talk.reports == 0 && s.out.numbered() >= muteAfter}
	if covered := min(s.talk.covered, to.packets); covered > from.packets {
		d.Reported = covered - from.packets
		d.Lost = min(s.talk.lost-from.lost, d.Reported)
	}
	return d
}

// upTo is how many packets were sent up to the one with a number of the wire, which is
// among the last 32,768, or 0 when there was no such packet. The cycles before it are the
// far end's to count, and it may have missed the beginning.
func (o *sending) upTo(highest uint32) uint64 {
	numbered := o.numbered()
	ahead := int64(int16(uint16(highest) + 1 - (o.first + uint16(numbered))))
	if ahead > 1 { // than the one that is being sent
		return 0
	}
	return uint64(max(int64(numbered)+ahead, 0))
}
