package rtp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// PacketIO is where packets come from and go to: one UDP socket now, a
// connected, polled or batched one later. Close may be called more than once.
type PacketIO interface {
	// ReadPacket blocks. It is for one goroutine.
	ReadPacket(buf []byte) (n int, from netip.AddrPort, err error)
	// WritePacket is called by the clock and must not block.
	WritePacket(b []byte, to netip.AddrPort) error
	// Wake makes a blocked or the next ReadPacket return
	// os.ErrDeadlineExceeded.
	Wake()
	LocalAddr() netip.AddrPort
	Close() error
}

// udp is a PacketIO on one unconnected socket.
type udp struct {
	conn    *net.UDPConn
	release func()
	closing sync.Once
	closed  error
}

func (u *udp) ReadPacket(buf []byte) (int, netip.AddrPort, error) {
	n, from, err := u.conn.ReadFromUDPAddrPort(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		// The order matters: whoever wakes says why before, so it is seen
		// even if the wake-up itself is undone here.
		_ = u.conn.SetReadDeadline(time.Time{})
	}
	return n, netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), err
}

func (u *udp) WritePacket(b []byte, to netip.AddrPort) error {
	_, err := u.conn.WriteToUDPAddrPort(b, to)
	return err
}

func (u *udp) Wake() { _ = u.conn.SetReadDeadline(time.Unix(1, 0)) }

func (u *udp) LocalAddr() netip.AddrPort {
	return u.conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

func (u *udp) Close() error {
	u.closing.Do(func() {
		u.closed = u.conn.Close()
		u.release()
	})
	return u.closed
}
