package rtp

import (
	"net/netip"
	"time"
)

// PacketIO is where packets come from and go to: one UDP socket. Close may be
// called more than once.
type PacketIO interface {
	// ReadPacket blocks. It is for one goroutine. What is a Poller too gives
	// no packets here: it returns os.ErrDeadlineExceeded whenever it has been
	// woken, or nobody has polled for a while and somebody should.
	ReadPacket(buf []byte) (n int, from netip.AddrPort, err error)
	// WritePacket is called by the clock and must not block.
	WritePacket(b []byte, to netip.AddrPort) error
	// Wake makes a blocked or the next ReadPacket return
	// os.ErrDeadlineExceeded.
	Wake()
	LocalAddr() netip.AddrPort
	Close() error
}

// Poller is a PacketIO that does not wake anyone when a packet comes: packets
// stay with the kernel until they are asked for.
type Poller interface {
	PacketIO
	// Poll hands over the packets that have come since, each with when that was,
	// and returns without waiting for more. At most a bounded number
	// is taken at once, so that a flood cannot hold up the clock. take must not
	// keep the packet. One goroutine at a time may poll.
	Poll(take func(packet []byte, from netip.AddrPort, at time.Time))
}
