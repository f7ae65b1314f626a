package rtp

import (
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	// otherPort is where a NAT moved the far end to, or another program of its
	// machine.
	otherPort = netip.AddrPortFrom(farEnd.Addr(), 4444)
	signaller = netip.MustParseAddr("198.51.100.7")
	behindNAT = netip.AddrPortFrom(signaller, 1234)
)

// street is a session at which packets arrive from anywhere, at times that the
// test makes.
type street struct {
	t     testing.TB
	s     *Session
	w     *wire
	now   time.Time
	next  map[netip.AddrPort]uint16
	ssrcs map[netip.AddrPort]uint32
}

func newStreet(t testing.TB, p Params) *street {
	t.Helper()
	s, w := newTestSession(t, Config{})
	x := &street{t: t, s: s, w: w, now: time.Now(), next: map[netip.AddrPort]uint16{}, ssrcs: map[netip.AddrPort]uint32{}}
	x.agree(p)
	return x
}

func (x *street) agree(p Params) {
	if err := x.s.Update(p); err != nil {
		x.t.Fatal(err)
	}
}

// packet arrives from a source, in the numbering of that source, and it reports
// whether it was heard.
func (x *street) packet(from netip.AddrPort) bool {
	before := x.s.Stats().Received
	x.next[from]++
	n := x.next[from]
	x.s.hearsAt(x.now, datagram(header{sequence: n, timestamp: 160 * uint32(n), ssrc: x.ssrcs[from]}, make([]byte, 160)), from)
	return x.s.Stats().Received != before
}

// stream lets a source send for a while and counts the packets that were heard.
func (x *street) stream(from netip.AddrPort, d time.Duration) (heard int) {
	for range d / frameTime {
		x.now = x.now.Add(frameTime)
		if x.packet(from) {
			heard++
		}
	}
	return heard
}

// sendsTo is where the next frame goes; an invalid address when it goes nowhere.
func (x *street) sendsTo() netip.AddrPort {
	before := len(x.w.sent)
	x.s.WriteFrame(make([]int16, 160))
	if len(x.w.sent) == before {
		return netip.AddrPort{}
	}
	return x.w.last(x.t).to
}

func (x *street) mustSendTo(want netip.AddrPort, when string) {
	x.t.Helper()
	if to := x.sendsTo(); to != want {
		x.t.Errorf("%s sound goes to %v, want %v", when, to, want)
	}
}

func TestAStrangerThatComesFirstGetsNothing(t *testing.T) {
	x := newStreet(t, basic())
	x.mustSendTo(farEnd, "at first")
	if heard := x.stream(stranger, 10*time.Second); heard != 0 {
		t.Errorf("%d packets of a stranger were heard", heard)
	}
	x.mustSendTo(farEnd, "after a stranger's ten seconds")
	if !x.packet(farEnd) {
		t.Error("the far end is not heard after a stranger")
	}
	if invalid := x.s.Stats().Invalid; invalid != 500 {
		t.Errorf("%d packets were refused, want the stranger's 500", invalid)
	}
}

func TestAnotherPortOfTheFarEndIsFollowedWhileNothingElseComes(t *testing.T) {
	x := newStreet(t, basic())
	x.stream(farEnd, time.Second)
	if heard := x.stream(otherPort, portPatience); heard != 0 {
		t.Errorf("%d packets were heard before it was known that the far end had moved", heard)
	}
	if heard := x.stream(otherPort, time.Second); heard < 48 {
		t.Errorf("%d packets of the new port were heard, want all", heard)
	}
	x.mustSendTo(otherPort, "after the port moved")

	if !x.packet(farEnd) {
		t.Error("the announced address is not heard while another is followed")
	}
	x.mustSendTo(farEnd, "as soon as the announced address sends again")
	if x.packet(otherPort) {
		t.Error("the other port is still heard")
	}
}

func TestNobodyIsFollowedWhileTheStreamRuns(t *testing.T) {
	for name, running := range map[string]netip.AddrPort{"the announced": farEnd, "the followed": otherPort} {
		t.Run(name, func(t *testing.T) {
			x := newStreet(t, basic())
			x.stream(running, time.Second)
			third := netip.AddrPortFrom(farEnd.Addr(), 5555)
			for range 500 {
				x.now = x.now.Add(frameTime)
				if !x.packet(running) || x.packet(third) || x.packet(stranger) {
					t.Fatal("the wrong one is heard")
				}
			}
			x.mustSendTo(running, "while its stream runs")
		})
	}
}

func TestTheAddressOfTheSignallingIsLearntWhereNATIsExpected(t *testing.T) {
	plain := newStreet(t, basic())
	if heard := plain.stream(behindNAT, 5*time.Second); heard != 0 {
		t.Errorf("%d packets were heard though NAT is not expected", heard)
	}

	p := basic()
	p.Behind = signaller
	x := newStreet(t, p)
	if heard := x.stream(stranger, time.Second); heard != 0 {
		t.Errorf("%d packets of a stranger were heard", heard)
	}
	if heard := x.stream(behindNAT, natPatience); heard != 0 {
		t.Errorf("%d packets were heard while it was being learnt", heard)
	}
	if heard := x.stream(behindNAT, time.Second); heard < 48 {
		t.Errorf("%d packets were heard afterwards", heard)
	}
	x.mustSendTo(behindNAT, "behind NAT")
	x.agree(p) // said again, as a refresh does
	x.mustSendTo(behindNAT, "after a refresh")
	x.packet(farEnd)
	x.mustSendTo(farEnd, "when the announced address sends")
}

func TestHoldKeepsWhereTheFarEndIs(t *testing.T) {
	for name, hold := range map[string]func(*Params){
		"inactive":                    func(p *Params) { p.Direction = Inactive },
		"an address that is none":     func(p *Params) { p.Remote, p.Direction = netip.MustParseAddrPort("0.0.0.0:4000"), RecvOnly },
		"the same, and it may listen": func(p *Params) { p.Remote = netip.MustParseAddrPort("0.0.0.0:4000") },
		"port 0":                      func(p *Params) { p.Remote = netip.AddrPortFrom(farEnd.Addr(), 0) },
	} {
		t.Run(name, func(t *testing.T) {
			x := newStreet(t, basic())
			x.stream(otherPort, time.Second)
			held := basic()
			hold(&held)
			x.agree(held)
			if to := x.sendsTo(); to.IsValid() {
				t.Errorf("on hold sound goes to %v", to)
			}
			if heard := x.stream(stranger, time.Second); heard != 0 {
				t.Errorf("on hold %d packets of a stranger were heard", heard)
			}
			x.agree(basic())
			x.mustSendTo(otherPort, "after hold")
		})
	}
}

func TestACallThatBeginsOnHoldBelongsToNobody(t *testing.T) {
	held := basic()
	held.Remote, held.Direction = netip.MustParseAddrPort("0.0.0.0:4000"), RecvOnly
	s := NewSession(Config{Transport: NewSymmetric(newWire())})
	if err := s.Update(held); err != nil {
		t.Fatal(err)
	}
	for n := range uint16(100) {
		s.hears(datagram(header{sequence: n}, make([]byte, 160)), stranger)
	}
	if got := s.Stats(); got.Received != 0 || got.Invalid != 100 {
		t.Errorf("%+v", got)
	}
}

func TestAReinviteToAnotherAddressForgetsTheOldOne(t *testing.T) {
	x := newStreet(t, basic())
	x.stream(farEnd, time.Second)
	moved := basic()
	moved.Remote = netip.MustParseAddrPort("192.0.2.9:4002")
	x.agree(moved)
	x.mustSendTo(moved.Remote, "after the update")
	if heard := x.stream(farEnd, time.Second); heard != 0 {
		t.Errorf("%d packets of the old address were heard", heard)
	}
	x.mustSendTo(moved.Remote, "while the old address still sends")
	if heard := x.stream(moved.Remote, time.Second); heard != 50 {
		t.Errorf("%d packets of the new address were heard", heard)
	}
}

func TestKeysOfAStrangerAreNoKeys(t *testing.T) {
	x := newStreet(t, basic())
	for n := range uint16(20) {
		x.s.hears(key(n, 7), stranger)
		x.s.hears(key(n, 7), otherPort)
	}
	if got := x.s.Stats(); got.Received != 0 || got.Invalid != 40 {
		t.Errorf("%+v", got)
	}
	if len(x.s.digits) != 0 {
		t.Error("a key was heard")
	}
}

// Noise of a source that may be followed shows nothing: it must say something that
// was agreed on.
func TestOnlyRTPOfTheSessionIsFollowed(t *testing.T) {
	for name, packet := range map[string][]byte{
		"noise":              []byte("noise"),
		"another codec":      datagram(header{payloadType: 96}, make([]byte, 160)),
		"RTCP":               datagram(header{payloadType: 72, marker: true}, nil),
		"more than fits":     datagram(header{}, make([]byte, maxPayload+1)),
		"an empty datagram":  nil,
		"a header cut short": make([]byte, 11),
	} {
		t.Run(name, func(t *testing.T) {
			x := newStreet(t, basic())
			for range 100 {
				x.now = x.now.Add(frameTime)
				x.s.hearsAt(x.now, packet, otherPort)
			}
			x.mustSendTo(farEnd, "after noise from another port")
		})
	}
}

func TestBeforeTheFirstDescriptionNobodyIsThere(t *testing.T) {
	w := newWire()
	s := NewSymmetric(w)
	s.take = func([]byte, time.Time) bool { return true }
	s.arrived([]byte("early"), stranger, time.Now())
	if s.Strangers() != 1 {
		t.Error("a packet before Follow is the session's")
	}
	if err := s.WritePacket(nil); err != nil || len(w.sent) != 0 {
		t.Errorf("sent to nobody: %v, %v", w.sent, err)
	}
}

// attack is what is known of a call while others spray it with packets.
type attack struct {
	*street
	params  Params
	ssrc    uint32
	silence time.Duration // of the announced address
}

// Whatever happens in a call, and whoever sends from wherever at any moment of it:
// a stranger is never heard and never sent to, and another port of the far end's
// machine only after the announced one has been silent for long enough.
func TestAStrangerNeverHearsAPacketAndIsNeverHeard(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := &attack{street: newStreet(t, basic()), params: basic()}
		actions := []func(*rapid.T){a.talk, a.spray, a.knock, a.wait, a.hold, a.move, a.restart}
		for range rapid.IntRange(1, 300).Draw(r, "moments") {
			rapid.SampledFrom(actions).Draw(r, "action")(r)
			if to := a.sendsTo(); to.IsValid() && to.Addr() != a.params.Remote.Addr() {
				r.Fatalf("a stranger at %v hears the call of %v", to, a.params.Remote)
			} else if to.IsValid() && a.silence < portPatience && to != a.params.Remote {
				r.Fatalf("%v is followed while %v sends", to, a.params.Remote)
			}
		}
	})
}

func (a *attack) pass(d time.Duration) {
	a.now = a.now.Add(d)
	a.silence += d
}

// talk is a packet of the far end. A new SSRC is believed with its second packet.
func (a *attack) talk(r *rapid.T) {
	a.pass(frameTime)
	a.ssrcs[a.params.Remote] = a.ssrc
	first, second := a.packet(a.params.Remote), a.packet(a.params.Remote)
	a.silence = 0
	if !first && !second {
		r.Fatal("the far end is not heard")
	}
}

// spray is a packet of somebody who is nobody here.
func (a *attack) spray(r *rapid.T) {
	from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, 113, byte(rapid.IntRange(1, 3).Draw(r, "host"))}), rapid.SampledFrom([]uint16{4000, 4002, 9}).Draw(r, "port"))
	a.ssrcs[from] = rapid.SampledFrom([]uint32{a.ssrc, 99}).Draw(r, "ssrc")
	if a.packet(from) {
		r.Fatalf("%v is heard", from)
	}
}

// knock is a packet of the right machine, but of another port.
func (a *attack) knock(r *rapid.T) {
	from := netip.AddrPortFrom(a.params.Remote.Addr(), rapid.SampledFrom([]uint16{5000, 5002}).Draw(r, "port"))
	if a.packet(from) && a.silence < portPatience {
		r.Fatalf("%v is heard %v after the far end", from, a.silence)
	}
}

func (a *attack) wait(r *rapid.T) {
	a.pass(time.Duration(rapid.IntRange(0, 300).Draw(r, "ms")) * time.Millisecond)
}

func (a *attack) hold(r *rapid.T) {
	p := a.params
	p.Direction = Direction(rapid.IntRange(0, 3).Draw(r, "direction"))
	if rapid.Bool().Draw(r, "as in RFC 2543") {
		p.Remote = netip.AddrPortFrom(netip.IPv4Unspecified(), p.Remote.Port())
	}
	a.agree(p)
	if rapid.Bool().Draw(r, "and back") {
		a.agree(a.params)
	}
}

func (a *attack) move(r *rapid.T) {
	to := netip.AddrPortFrom(
		netip.AddrFrom4([4]byte{192, 0, 2, byte(rapid.IntRange(1, 2).Draw(r, "host"))}),
		rapid.SampledFrom([]uint16{4000, 4002}).Draw(r, "port"))
	if to != a.params.Remote {
		a.params.Remote, a.silence = to, 0
	}
	a.agree(a.params)
}

func (a *attack) restart(*rapid.T) { a.ssrc++ }
