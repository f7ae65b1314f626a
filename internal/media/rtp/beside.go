package rtp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// beside is the RTCP of plain RTP, on the socket above that of the sound. Packets are
// taken from the announced address, and from any port of the address where the sound is
// now; they go to where those that were of the session came from last (RFC 4961).
type beside struct {
	sound   *Symmetric
	conn    *net.UDPConn
	aim     atomic.Pointer[controlAim]
	closing sync.Once
	closed  error

	buf [packetSize]byte // the reader's
}

// controlAim is where the far end's RTCP is. It never changes.
type controlAim struct {
	announced netip.AddrPort // invalid: the port above that of the sound
	muxed     bool
	learned   netip.AddrPort // where it comes from instead; invalid: nowhere
}

func newBeside(sound *Symmetric, conn *net.UDPConn) *beside {
	b := &beside{sound: sound, conn: conn}
	b.aim.Store(&controlAim{})
	return b
}

// Follow forgets what was learned when the description says something else. One that
// names no address is like that of the sound then: it says nothing new (RFC 3264 section
// 8.4).
func (b *beside) Follow(announced netip.AddrPort, muxed bool) {
	if announced.IsValid() && announced.Addr().IsUnspecified() {
		announced = b.aim.Load().announced
	}
	if old := b.aim.Load(); old.announced != announced || old.muxed != muxed {
		b.aim.Store(&controlAim{announced: announced, muxed: muxed})
	}
}

// Read waits for a packet of the far end. What others send is dropped.
func (b *beside) Read(until time.Time, take Take) error {
	if err := b.conn.SetReadDeadline(until); err != nil {
		return err
	}
	for {
		n, from, err := b.conn.ReadFromUDPAddrPort(b.buf[:])
		switch {
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
			return err
		case err != nil:
			continue // what the network says of a packet of ours
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		a := b.aim.Load()
		if !b.mayBe(a, from) {
			b.sound.strangers.Add(1)
			continue
		}
		if take(b.buf[:n], time.Now()) && from != a.learned {
			b.aim.CompareAndSwap(a, &controlAim{announced: a.announced, muxed: a.muxed, learned: from})
		}
		return nil
	}
}

// mayBe reports whether the far end may send from an address.
func (b *beside) mayBe(a *controlAim, from netip.AddrPort) bool {
	sound := b.sound.aim.Load()
	return from == a.announced || sound != nil && sound.at().IsValid() && sound.at().Addr() == from.Addr()
}

// Write sends to where the far end is.
func (b *beside) Write(packet []byte) error {
	a, sound := b.aim.Load(), b.sound.aim.Load()
	if sound == nil || !sound.at().IsValid() {
		return nil // nobody is there
	}
	if a.muxed {
		return b.sound.io.(muxer).WriteControl(packet, sound.at())
	}
	to := a.learned
	if !to.IsValid() {
		to = a.announced
	}
	if !to.IsValid() {
		to = netip.AddrPortFrom(sound.at().Addr(), sound.at().Port()+1)
	}
	_, err := b.conn.WriteToUDPAddrPort(packet, to)
	return err
}

// muxer is a PacketIO that sends RTCP too.
type muxer interface {
	PacketIO
	// WriteControl is WritePacket for any goroutine.
	WriteControl(b []byte, to netip.AddrPort) error
}

func (b *beside) close() error {
	b.closing.Do(func() { b.closed = b.conn.Close() })
	return b.closed
}

// listenBeside opens the port above that of the sound.
func listenBeside(sound netip.AddrPort) (*net.UDPConn, error) {
	network := "udp6"
	if sound.Addr().Is4() {
		network = "udp4"
	}
	return net.ListenUDP(network, net.UDPAddrFromAddrPort(netip.AddrPortFrom(sound.Addr(), sound.Port()+1)))
}
