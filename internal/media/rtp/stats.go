package rtp

import "time"

// Stats counts what happened to a session's packets.
type Stats struct {
	Received   uint64 // valid packets from the far end
	Lost       uint64 // never came (RFC 3550 A.3)
	Late       uint64 // came after their time to be played
	Duplicated uint64 // came again
	Invalid    uint64 // not RTP, of no use, or from a stranger
	Concealed  uint64 // frames made up for missing sound
	Sent       uint64
	SendErrors uint64
	Jitter     time.Duration // interarrival jitter (RFC 3550 A.8)
	Delay      time.Duration // sound waiting in the jitter ring
}
