package rtp

import (
	"net/netip"
	"testing"
	"time"
)

// Whoever sends first is not the far end for that alone: it must say something
// that was agreed on.
func TestOnlyAPacketOfTheSessionShowsWhereTheFarEndIs(t *testing.T) {
	w := newWire()
	s := NewSymmetric(w)
	ours := false
	s.take = func([]byte, time.Duration) bool { return ours }
	s.arrived([]byte("early"), stranger, 0)
	if s.Strangers() != 1 {
		t.Error("a packet before Follow is the session's")
	}
	if err := s.WritePacket(nil); err != nil || len(w.sent) != 0 {
		t.Errorf("sent to nobody: %v, %v", w.sent, err)
	}

	s.Follow(farEnd)
	s.arrived([]byte("noise"), stranger, 0)
	_ = s.WritePacket(nil)
	if to := w.last(t).to; to != farEnd {
		t.Errorf("noise from a stranger turned the sound to %v", to)
	}
	ours = true
	behindNAT := netip.MustParseAddrPort("198.51.100.7:1234")
	s.arrived([]byte("sound"), behindNAT, 0)
	s.Follow(farEnd) // said again, as a refresh does
	_ = s.WritePacket(nil)
	if to := w.last(t).to; to != behindNAT {
		t.Errorf("sound went to %v, not to where it comes from", to)
	}
}
