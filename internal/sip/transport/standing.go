package transport

import (
	"net/netip"
	"time"

	"strowger/internal/meter"
)

// Standing is what is known of a source before anything is parsed.
type Standing int

const (
	// Refused sources are not read.
	Refused Standing = iota
	// Strangers have proven nothing, not even that they are where their packets
	// say. They are read and answered within bounds, and give way.
	Stranger
	// Known is a source from where somebody has proven who they are.
	Known
	// Trusted sources are vouched for by the settings: trunks.
	Trusted
)

// What goes to who is not Trusted and asked for it with a packet that anybody may
// have sent: no more than replyMargin bytes beyond the packet's own size, and to
// one network (a /24 or /64) replyRate bytes a second and replyBurst at once. An
// office that comes back after a power cut, 200 phones with 200 addresses, fits.
const (
	replyMargin = 512
	replyRate   = 40_000
	replyBurst  = 200_000
)

func newReplies() *meter.Meter {
	return meter.New(meter.Config{Rate: replyRate, Burst: replyBurst, Now: time.Now})
}

// replies reports whether a response of this size may go to a source for a
// packet of that size.
func (l *Layer) replies(to netip.Addr, response, packet int) bool {
	if response <= packet+replyMargin && l.replied.Take(meter.Network(to), float64(response)) {
		return true
	}
	l.Counters.Unanswered.Add(1)
	return false
}
