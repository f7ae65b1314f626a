package media_test

import (
	"math"
	"net/netip"
	"testing"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/codec/codectest"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/mixer"
	"strowger/internal/media/player"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/sdp"
)

// end is one end of a call: a session on a real socket and its negotiation.
type end struct {
	*rtp.Session
	negotiation sdp.Negotiation
}

func newEnd(t *testing.T, ports *rtp.Ports, codecs codec.Set) *end {
	t.Helper()
	io, err := ports.Listen(netip.MustParseAddr("127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	e := &end{Session: rtp.NewSession(rtp.Config{Transport: io})}
	e.negotiation = sdp.Negotiation{Session: 1, Local: io.LocalAddr(), Codecs: codecs}
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

// talk sends a frame to the leg. On the loopback it is there at once.
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
	ports, err := rtp.NewPorts(30800, 30899)
	if err != nil {
		t.Fatal(err)
	}
	ours := codec.NewSet(codec.PCMU, codec.PCMA, codectest.L16)
	room := mixer.NewRoom()
	call := func(codecs codec.Set, hz float64) *phone {
		p := &phone{end: newEnd(t, ports, codecs), leg: newEnd(t, ports, ours)}
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
	ports, err := rtp.NewPorts(30900, 30999)
	if err != nil {
		t.Fatal(err)
	}
	ours := codec.NewSet(codec.PCMU, codectest.L16)
	p := &phone{end: newEnd(t, ports, codec.G711), leg: newEnd(t, ports, ours)}
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
