package rtp

import (
	"net/netip"
	"time"
)

// Transport carries the packets of one leg to its far end and back. Where the
// far end is, whose packets are its own and how they are protected varies below
// a session and is the transport's alone: Symmetric is plain RTP; SRTP is the
// same around a PacketIO that seals and opens; ICE with DTLS is another
// Transport.
//
// Neither Poll nor WritePacket may allocate, lock or wait.
type Transport interface {
	// Follow says where the far end's description places its media, for the
	// first time or again, and from which other address they may come, if any:
	// see Params.Behind.
	Follow(announced netip.AddrPort, behind netip.Addr)
	// Read blocks until the far end's next packet has been taken, which gives
	// nil. It gives os.ErrDeadlineExceeded when it was woken, or when Poll
	// takes the packets and somebody should call it. It is for one goroutine.
	Read(take Take) error
	// Poll hands over what has come since, without waiting, when Read does not.
	// One goroutine at a time may poll.
	Poll(take Take)
	// WritePacket sends to the far end. It is the clock's.
	WritePacket(b []byte) error
	// Wake makes a blocked or the next Read return os.ErrDeadlineExceeded.
	Wake()
	// Strangers counts the packets of others than the far end.
	Strangers() uint64
	LocalAddr() netip.AddrPort
	// Control is its RTCP, or nil without any.
	Control() Control
	// Close ends Read and gives the port back. It may be called more than once.
	Close() error
}

// Take is handed one packet and when it arrived, and must not keep it. It
// reports whether the packet is one of the session's: only such a packet shows
// where the far end is.
type Take func(packet []byte, at time.Time) (ours bool)
