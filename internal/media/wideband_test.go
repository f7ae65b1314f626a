package media_test

import (
	"bytes"
	"math"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/codec/codectest"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/mixer"
	"strowger/internal/media/player"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/sdp"
)

// cable is a network between two ends on which a packet is there at once, and
// waits to be polled: what is heard in a tick depends on nothing but the test.
type cable struct {
	at     netip.AddrPort
	ends   map[netip.AddrPort]*cable // of all cables of a test
	woken  chan struct{}
	closed chan struct{}
	once   sync.Once

	mu      sync.Mutex
	waiting []parcel
}

type parcel struct {
	packet []byte
	from   netip.AddrPort
}

func (c *cable) WritePacket(b []byte, to netip.AddrPort) error {
	other := c.ends[to]
	other.mu.Lock()
	defer other.mu.Unlock()
	other.waiting = append(other.waiting, parcel{bytes.Clone(b), c.at})
	return nil
}

func (c *cable) Poll(take func([]byte, netip.AddrPort, time.Time)) {
	c.mu.Lock()
	waiting := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	for _, p := range waiting {
		take(p.packet, p.from, time.Now())
	}
}

func (c *cable) ReadPacket([]byte) (int, netip.AddrPort, error) {
	select {
	case <-c.woken:
		return 0, netip.AddrPort{}, os.ErrDeadlineExceeded
	case <-c.closed:
		return 0, netip.AddrPort{}, os.ErrClosed
	}
}

func (c *cable) Wake() {
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

func (c *cable) LocalAddr() netip.AddrPort { return c.at }

func (c *cable) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

// network makes the ends of one test.
type network map[netip.AddrPort]*cable

// end is one end of a call: a session and its negotiation.
type end struct {
	*rtp.Session
	negotiation sdp.Negotiation
}

func newEnd(t *testing.T, n network, codecs codec.Set) *end {
	t.Helper()
	c := &cable{
		at: netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), uint16(20000+2*len(n))), ends: n,
		woken: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	n[c.at] = c
	e := &end{Session: rtp.NewSession(rtp.Config{Transport: rtp.NewSymmetric(c)})}
	e.negotiation = sdp.Negotiation{Session: 1, Local: c.at, Codecs: codecs}
	run(t, e.Run)
	return e
}

// negotiate lets a phone call one of our legs.
func negotiate(t *testing.T, phone, leg *end) {
	t.Helper()
	answer, agreed, err := leg.negotiation.Answer(phone.negotiation.Offer())
	if err == nil {
		err = leg.Update(agreed)
	}
	if err == nil {
		agreed, err = phone.negotiation.Agree(answer)
	}
	if err == nil {
		err = phone.Update(agreed)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// phone is a far end that sings a tone and remembers what it hears.
type phone struct {
	*end
	leg   *end
	tone  *player.Tone
	heard []int16
}

// talk sends a frame to the leg.
func (p *phone) talk() {
	frame := make([]int16, media.FrameSamples(p.SampleRateHz()))
	p.tone.ReadFrame(frame)
	p.WriteFrame(frame)
}

func (p *phone) listen() {
	frame := make([]int16, media.FrameSamples(p.SampleRateHz()))
	if p.ReadFrame(frame) {
		p.heard = append(p.heard, frame...)
	}
}

// share is how much of what a phone heard last is one tone.
func (p *phone) share(hz float64) float64 {
	heard := p.heard[len(p.heard)/2:]
	var total float64
	for _, v := range heard {
		total += float64(v) * float64(v)
	}
	return dtmf.Power(heard, hz, float64(p.SampleRateHz())) / total
}

// A codec that the product does not have is agreed on, sent, received and mixed
// with G.711 in one room, and nothing but its name in a set is new.
func TestAWidebandCodecGoesAllTheWay(t *testing.T) {
	cables := network{}
	ours := codec.NewSet(codec.PCMU, codec.PCMA, codectest.L16)
	room := mixer.NewRoom()
	call := func(codecs codec.Set, hz float64) *phone {
		p := &phone{end: newEnd(t, cables, codecs), leg: newEnd(t, cables, ours)}
		negotiate(t, p.end, p.leg)
		p.tone = player.NewTone(p.SampleRateHz(), 8000, hz)
		room.Add(p.leg, p.leg)
		return p
	}
	const high = 6000 // Hz: what G.711 cannot carry
	narrow := call(codec.G711, 440)
	wide := call(codec.NewSet(codec.PCMA, codectest.L16), 700)
	other := call(codec.NewSet(codectest.L16), high)
	if got := wide.String() + " " + narrow.String(); got != "L16/16000 PCMU/8000" {
		t.Fatalf("agreed on %s", got)
	}

	all := []*phone{narrow, wide, other}
	for range 50 {
		for _, p := range all {
			p.talk()
		}
		room.Tick()
		for _, p := range all {
			p.listen()
		}
	}
	if room.RateHz() != media.Wideband {
		t.Errorf("the room mixes at %d Hz", room.RateHz())
	}
	for _, c := range []struct {
		name string
		who  *phone
		hz   float64
		want float64 // of two tones alike one has half of the energy
	}{
		{"G.711 hears wideband", narrow, 700, 1}, // and no image of 6 kHz at 2 kHz
		{"wideband hears G.711", wide, 440, 0.5},
		{"wideband hears wideband", wide, high, 0.5},
		{"the other hears both", other, 440, 0.5},
		{"the other hears both", other, 700, 0.5},
		{"and nobody itself", wide, 700, 0},
	} {
		if got := c.who.share(c.hz); math.Abs(got-c.want) > 0.03 {
			t.Errorf("%s: %v Hz is %.3f of it, want %v", c.name, c.hz, got, c.want)
		}
	}
}

// A re-INVITE that agrees on another codec changes the rate of a leg under the
// room's feet.
func TestALegMayChangeItsRateWhileItTalks(t *testing.T) {
	cables := network{}
	ours := codec.NewSet(codec.PCMU, codectest.L16)
	p := &phone{end: newEnd(t, cables, codec.G711), leg: newEnd(t, cables, ours)}
	negotiate(t, p.end, p.leg)
	room := mixer.NewRoom()
	room.Add(p.leg, p.leg)
	room.Play(mixer.Play{Player: player.NewTone(media.Narrowband, 8000, 440)})
	for i := range 60 {
		if i == 30 {
			p.negotiation.Codecs = ours
			negotiate(t, p.end, p.leg)
			p.heard = nil
		}
		p.tone = player.NewTone(p.SampleRateHz(), 8000, 300)
		p.talk()
		room.Tick()
		p.listen()
	}
	if p.SampleRateHz() != media.Wideband || room.RateHz() != media.Wideband {
		t.Fatalf("the phone is at %d Hz, the room at %d", p.SampleRateHz(), room.RateHz())
	}
	if share := p.share(440); share < 0.99 {
		t.Errorf("%.3f of what is heard is the tone", share)
	}
}
