package rtp

import (
	"net/netip"
	"sync/atomic"
	"time"
)

// How long somebody else must have been sending, with nothing at all from the far
// end in that time, to be taken for it.
const (
	// portPatience is for another port of an address that is known: a NAT that
	// gave the far end another port, or another process behind one address.
	portPatience = 200 * time.Millisecond
	// natPatience is for the address of the signalling, when the description
	// names one that is perhaps behind a NAT.
	natPatience = 500 * time.Millisecond
)

// Symmetric is a Transport of plain RTP. The far end is at the address that its
// description announces, and what comes from there is always heard. While nothing
// does, another source may be followed (RFC 4961): see aim.patience for whose, and
// how long that takes. The first packet from the announced address ends it.
// Nobody else hears a packet or is heard.
type Symmetric struct {
	io        PacketIO
	poller    Poller  // nil when ReadPacket reads
	control   *beside // nil: no RTCP
	made      time.Time
	aim       atomic.Pointer[aim]
	strangers atomic.Uint64

	// What follows belongs to whoever takes packets just now.
	take      Take
	hand      func(packet []byte, from netip.AddrPort, at time.Time)
	candidate candidate
	buf       [packetSize]byte
}

// packetSize is what can be told apart from a packet that is too long.
const packetSize = 1500

// aim is where the far end is, as far as is known. It never changes.
type aim struct {
	announced netip.AddrPort // by its description; invalid when that named no address yet
	behind    netip.Addr     // where else it may be: the signalling's address; often invalid
	followed  netip.AddrPort // where its packets come from instead; invalid: nowhere
}

// at is where packets go.
func (a *aim) at() netip.AddrPort {
	if a.followed.IsValid() {
		return a.followed
	}
	return a.announced
}

// patience is how long a source must be the only one that sends before it is
// followed, or 0 when it is a stranger however long it sends.
func (a *aim) patience(source netip.Addr) time.Duration {
	switch source {
	case a.announced.Addr():
		return portPatience
	case a.behind:
		return natPatience
	}
	return 0
}

// candidate is who may be followed if it goes on sending and the far end does not.
type candidate struct {
	aim         *aim // that it is a candidate for; nil: there is none
	from        netip.AddrPort
	ssrc        uint32
	since, last time.Time // of its packets
}

// NewSymmetric makes a transport that owns io. It sends and hears nothing until
// Follow.
func NewSymmetric(io PacketIO) *Symmetric {
	t := &Symmetric{io: io, made: time.Now()}
	t.poller, _ = io.(Poller)
	t.hand = t.arrived
	return t
}

// Follow forgets whoever was followed when the far end announces another address.
// A description without an address puts the far end on hold (RFC 3264 section
// 8.4) and says nothing new about where it is.
func (t *Symmetric) Follow(announced netip.AddrPort, behind netip.Addr) {
	named := announced.IsValid() && !announced.Addr().IsUnspecified() && announced.Port() != 0
	for {
		old := t.aim.Load()
		next := &aim{behind: behind}
		switch {
		case named:
			next.announced = announced
		case old != nil:
			next.announced = old.announced
		}
		if old != nil && old.announced == next.announced && old.behind == next.behind {
			return
		}
		if t.aim.CompareAndSwap(old, next) {
			return
		}
	}
}

// Read takes the next packet, when the socket is not polled.
func (t *Symmetric) Read(take Take) error {
	n, from, err := t.io.ReadPacket(t.buf[:])
	if err == nil {
		t.take = take
		// What Now would say, for half its price: only one of the two clocks is read.
		t.arrived(t.buf[:n], from, t.made.Add(time.Since(t.made)))
	}
	return err
}

// Poll takes what waits in a socket that is polled.
func (t *Symmetric) Poll(take Take) {
	if t.poller != nil {
		t.take = take
		t.poller.Poll(t.hand)
	}
}

// arrived passes on a packet of the far end, and drops all others.
func (t *Symmetric) arrived(packet []byte, from netip.AddrPort, at time.Time) {
	a := t.aim.Load()
	switch {
	case a == nil:
		t.strangers.Add(1)
	case from == a.announced:
		t.candidate.aim = nil
		if t.take(packet, at) && a.followed.IsValid() {
			// A Follow that crossed this packet knows better.
			t.aim.CompareAndSwap(a, &aim{announced: a.announced, behind: a.behind})
		}
	case from == a.followed:
		t.candidate.aim = nil
		t.take(packet, at)
	case !t.replaces(a, packet, from, at):
		t.strangers.Add(1)
	case t.take(packet, at):
		t.candidate.aim = nil
		t.aim.CompareAndSwap(a, &aim{announced: a.announced, behind: a.behind, followed: from})
	}
}

// replaces reports whether a source that is not the far end has been sending for
// so long, alone, that it must be the far end now. It notes that it sends.
func (t *Symmetric) replaces(a *aim, packet []byte, from netip.AddrPort, at time.Time) bool {
	patience := a.patience(from.Addr())
	if patience == 0 {
		return false
	}
	h, _, ok := parse(packet)
	if !ok {
		return false
	}
	c := &t.candidate
	if c.aim == a && c.from == from && c.ssrc == h.ssrc {
		c.last = at
		return at.Sub(c.since) >= patience
	}
	if c.aim != a || at.Sub(c.last) >= patience {
		*c = candidate{aim: a, from: from, ssrc: h.ssrc, since: at, last: at}
	}
	return false
}

// WritePacket sends to where the far end is.
func (t *Symmetric) WritePacket(b []byte) error {
	a := t.aim.Load()
	if a == nil || !a.at().IsValid() {
		return nil // nobody is there
	}
	return t.io.WritePacket(b, a.at())
}

// Wake makes Read return.
func (t *Symmetric) Wake() { t.io.Wake() }

// Strangers counts the packets of others than the far end.
func (t *Symmetric) Strangers() uint64 { return t.strangers.Load() }

// LocalAddr is the address of the socket.
func (t *Symmetric) LocalAddr() netip.AddrPort { return t.io.LocalAddr() }

// Control is the RTCP on the port above, or nil.
func (t *Symmetric) Control() Control {
	if t.control == nil {
		return nil
	}
	return t.control
}

// Close closes the sockets.
func (t *Symmetric) Close() error {
	if t.control != nil {
		_ = t.control.close()
	}
	return t.io.Close()
}
