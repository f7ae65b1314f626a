package rtp

import (
	"cmp"
	"net/netip"
	"sync/atomic"
	"time"
)

// oldSourcePatience is how many packets from the source before a Follow must
// come before it is believed to be the new one too: it may only not have heard
// of the change yet.
const oldSourcePatience = 50

// Symmetric is a Transport of plain RTP (RFC 4961): it sends where the far end's
// description says until the first packet of the session comes, then to where
// that came from, and from then on hears nobody else until Follow names another
// address.
type Symmetric struct {
	io        PacketIO
	poller    Poller // nil when ReadPacket reads
	aim       atomic.Pointer[aim]
	strangers atomic.Uint64

	// What follows belongs to whoever takes packets just now.
	take      Take
	hand      func(packet []byte, from netip.AddrPort, age time.Duration)
	oldSource int // packets from the source before a Follow
	buf       [packetSize]byte
}

// packetSize is what can be told apart from a packet that is too long.
const packetSize = 1500

// aim is where the far end is, as far as is known. It never changes.
type aim struct {
	remote netip.AddrPort // by its description
	source netip.AddrPort // where its packets come from; invalid until one has come
	before netip.AddrPort // where they came from when another remote was described
}

// NewSymmetric makes a transport that owns io. It sends and hears nothing until
// Follow.
func NewSymmetric(io PacketIO) *Symmetric {
	t := &Symmetric{io: io}
	t.poller, _ = io.(Poller)
	t.hand = t.arrived
	return t
}

// Follow forgets the source when the description names another address.
func (t *Symmetric) Follow(remote netip.AddrPort) {
	for {
		old := t.aim.Load()
		if old != nil && old.remote == remote {
			return
		}
		next := &aim{remote: remote}
		if old != nil {
			next.before = cmp.Or(old.source, old.before)
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
		t.arrived(t.buf[:n], from, 0)
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

// arrived passes on a packet of the far end. The first of the session's shows
// where that is.
func (t *Symmetric) arrived(packet []byte, from netip.AddrPort, age time.Duration) {
	at := t.aim.Load()
	if at == nil || !t.believes(at, from) {
		t.strangers.Add(1)
		return
	}
	if !t.take(packet, age) || at.source.IsValid() {
		return
	}
	t.oldSource = 0
	// A Follow that crossed this packet knows better.
	t.aim.CompareAndSwap(at, &aim{remote: at.remote, source: from})
}

func (t *Symmetric) believes(at *aim, from netip.AddrPort) bool {
	if at.source.IsValid() {
		return from == at.source
	}
	if from == at.before && from != at.remote && t.oldSource < oldSourcePatience {
		t.oldSource++
		return false
	}
	return true
}

// WritePacket sends to where the far end is.
func (t *Symmetric) WritePacket(b []byte) error {
	at := t.aim.Load()
	if at == nil {
		return nil // nobody is there
	}
	to := at.remote
	if at.source.IsValid() {
		to = at.source
	}
	return t.io.WritePacket(b, to)
}

// Wake makes Read return.
func (t *Symmetric) Wake() { t.io.Wake() }

// Strangers counts the packets of others than the far end.
func (t *Symmetric) Strangers() uint64 { return t.strangers.Load() }

// LocalAddr is the address of the socket.
func (t *Symmetric) LocalAddr() netip.AddrPort { return t.io.LocalAddr() }

// Close closes the socket.
func (t *Symmetric) Close() error { return t.io.Close() }
