//go:build !linux || !(amd64 || arm64)

package rtp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// udp is a PacketIO on one unconnected socket, for every system that Go knows.
type udp struct {
	conn    *net.UDPConn
	release func()
	closing sync.Once
	closed  error
}

func listenUDP(at netip.AddrPort, release func()) (PacketIO, error) {
	// The address family is named, so that addresses on an IPv4 socket are
	// IPv4 addresses and not mapped ones.
	network := "udp6"
	if at.Addr().Is4() {
		network = "udp4"
	}
	conn, err := net.ListenUDP(network, net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, err
	}
	return &udp{conn: conn, release: release}, nil
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

// WriteControl implements muxer: a connection takes packets of any goroutine.
func (u *udp) WriteControl(b []byte, to netip.AddrPort) error { return u.WritePacket(b, to) }

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
