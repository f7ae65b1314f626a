package rtp

import (
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

// pair is two sessions on real sockets that talk to each other. Nothing of theirs is
// reported by the clock: tests say when.
type pair struct{ a, b *Session }

func newPair(t *testing.T, firstPort int, change func(p *Params)) pair {
	t.Helper()
	ports := newPorts(t, firstPort, firstPort+20)
	x := pair{NewSession(Config{Transport: listen(t, ports)}), NewSession(Config{Transport: listen(t, ports)})}
	for _, s := range []*Session{x.a, x.b} {
		p := basic()
		p.Remote = x.other(s).LocalAddr()
		if change != nil {
			change(&p)
		}
		if err := s.Update(p); err != nil {
			t.Fatal(err)
		}
		running := start(s)
		t.Cleanup(func() { running.stop(t) })
	}
	return x
}

func (x pair) other(s *Session) *Session {
	if s == x.a {
		return x.b
	}
	return x.a
}

// talk has both say a frame to each other, unless many are on the way: sockets that are
// full lose some.
func (x pair) talk() {
	frame := make([]int16, 160)
	a, b := x.a.Stats(), x.b.Stats()
	if a.Sent < b.Received+50 && b.Sent < a.Received+50 {
		x.a.WriteFrame(frame)
		x.b.WriteFrame(frame)
	}
	x.a.ReadFrame(frame)
	x.b.ReadFrame(frame)
}

// until waits for a fact, and lets both go on meanwhile.
func (x pair) until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !so(); x.talk() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s; %+v and %+v", what, x.a.Stats(), x.b.Stats())
		}
	}
}

func TestBothEndsTellEachOtherWhatTheyHear(t *testing.T) {
	for name, muxed := range map[string]bool{"on a port of its own": false, "with the sound": true} {
		t.Run(name, func(t *testing.T) {
			x := newPair(t, 31000, func(p *Params) { p.Muxed = muxed })
			x.until(t, "both hear each other", func() bool { return x.a.Stats().Received > 100 && x.b.Stats().Received > 100 })
			x.a.report(x.a.cfg.Transport.Control(), false)
			x.until(t, "b is told", func() bool { return x.b.Stats().Reports > 0 })
			x.b.report(x.b.cfg.Transport.Control(), false)
			x.until(t, "a is told, and measures the way", func() bool { st := x.a.Stats(); return st.Reports > 0 && st.RoundTrip > 0 })
			if st := x.a.Stats(); st.FarLost != 0 || st.RoundTrip > time.Second || st.Invalid != 0 {
				t.Errorf("%+v", st)
			}
		})
	}
}

// line carries packets one way, but for every fifth.
type line struct{ taken, passed atomic.Uint64 }

// lossy has what a says to b go over a line. RTCP goes another way.
func (x pair) lossy(t *testing.T) *line {
	t.Helper()
	relay, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	l := &line{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, packetSize)
		for i := 0; ; i++ {
			n, err := relay.Read(buf)
			if err != nil {
				return
			}
			if i%5 != 4 {
				_, _ = relay.WriteToUDPAddrPort(buf[:n], x.b.LocalAddr())
				l.passed.Add(1)
			}
			l.taken.Add(1)
		}
	}()
	t.Cleanup(func() {
		_ = relay.Close()
		<-done
	})
	for _, s := range []*Session{x.a, x.b} {
		p := basic()
		p.Remote = relay.LocalAddr().(*net.UDPAddr).AddrPort()
		other := x.other(s).LocalAddr()
		p.Control = netip.AddrPortFrom(other.Addr(), other.Port()+1)
		if s == x.b {
			p.Direction = RecvOnly
		}
		if err := s.Update(p); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// say has a say so many frames to b, each when the one before it has come or is lost:
// sockets that are full would lose more of them.
func (x pair) say(t *testing.T, l *line, frames int) {
	t.Helper()
	frame := make([]int16, 160)
	for range frames {
		x.a.WriteFrame(frame)
		for deadline := time.Now().Add(20 * time.Second); l.taken.Load() < x.a.Stats().Sent || x.b.Stats().Received < l.passed.Load(); x.b.ReadFrame(frame) {
			if time.Now().After(deadline) {
				t.Fatalf("of %d packets %d were passed on and %d came", x.a.Stats().Sent, l.passed.Load(), x.b.Stats().Received)
			}
		}
	}
}

func TestOnALossyLineLessIsKnownToArriveThanWasSent(t *testing.T) {
	x := newPair(t, 31030, nil)
	l := x.lossy(t)
	x.say(t, l, 20)
	from := x.a.Mark()
	x.say(t, l, 500)
	to := x.a.Mark()
	x.say(t, l, 20)
	for deadline := time.Now().Add(20 * time.Second); x.a.Between(from, to).Reported < 500; {
		if time.Now().After(deadline) {
			t.Fatalf("a was never told of all that: %+v", x.a.Stats())
		}
		x.b.report(x.b.cfg.Transport.Control(), false) // until one is taken
	}
	// What was lost before and after is counted too: the most that one may say.
	got := x.a.Between(from, to)
	if got.Sent != 500 || got.Lost < 100 || got.Lost > 108 {
		t.Errorf("%+v", got)
	}
	if st := x.a.Stats(); st.FarLost < got.Lost {
		t.Errorf("%+v", st)
	}
}

func TestRTCPOfAStrangerIsNotBelieved(t *testing.T) {
	x := newPair(t, 31060, nil)
	x.until(t, "both hear each other", func() bool { return x.a.Stats().Received > 10 && x.b.Stats().Received > 10 })
	to := netip.AddrPortFrom(loopback, x.a.LocalAddr().Port()+1)
	send := func(from net.IP, c control) {
		conn, err := net.DialUDP("udp4", &net.UDPAddr{IP: from}, net.UDPAddrFromAddrPort(to))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.Write(c.append(nil)); err != nil {
			t.Fatal(err)
		}
	}
	// It knows the stream, and comes from elsewhere.
	send(net.IPv4(127, 0, 0, 2), control{ssrc: 1, heard: &block{ssrc: x.a.SSRC(), lost: 99}})
	x.until(t, "the stranger is counted", func() bool { return x.a.Stats().Invalid == 1 })
	// It comes from the far end's address, and knows nothing.
	send(net.IPv4(127, 0, 0, 1), control{ssrc: 1, heard: &block{ssrc: 2, lost: 99}})
	x.b.report(x.b.cfg.Transport.Control(), false)
	x.until(t, "a is told", func() bool { return x.a.Stats().Reports > 0 })
	if st := x.a.Stats(); st.Reports != 1 || st.FarLost != 0 {
		t.Errorf("%+v", st)
	}
	if got := x.a.cfg.Transport.(*Symmetric).control.aim.Load().learned; got.Port() != x.b.LocalAddr().Port()+1 {
		t.Errorf("RTCP goes to %v", got)
	}
}

// A report that cannot be taken now is no broken packet all the same.
func TestAReportThatComesWhileAnotherIsWrittenIsTheFarEnds(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	report := control{ssrc: 1, heard: &block{ssrc: s.SSRC()}}.append(nil)
	s.talk.mu.Lock()
	s.hears(report, farEnd)
	s.talk.mu.Unlock()
	if st := s.Stats(); st.Invalid != 0 || st.Reports != 0 {
		t.Errorf("%+v", st)
	}
}

// A description that puts us on hold by naming no address names none for RTCP either.
func TestRTCPDoesNotGoToNowhere(t *testing.T) {
	x := newPair(t, 31120, func(p *Params) { p.Control = netip.AddrPortFrom(netip.IPv4Unspecified(), 9) })
	x.until(t, "both hear each other", func() bool { return x.a.Stats().Received > 10 && x.b.Stats().Received > 10 })
	x.a.report(x.a.cfg.Transport.Control(), false)
	x.until(t, "b is told", func() bool { return x.b.Stats().Reports > 0 })
}

// A phone behind a NAT sends its RTCP from another port than it says: it is answered there.
func TestRTCPFromAnotherPortOfTheFarEndIsAnsweredThere(t *testing.T) {
	x := newPair(t, 31090, func(p *Params) { p.Control = netip.MustParseAddrPort("192.0.2.1:9") })
	x.until(t, "b hears a", func() bool { return x.b.Stats().Received > 10 && x.a.Stats().Received > 10 })
	phone, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(x.a.LocalAddr().Port()) + 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = phone.Close() }()
	report := control{ssrc: x.b.SSRC(), cname: "x", heard: &block{ssrc: x.a.SSRC()}}.append(nil)
	x.until(t, "a is told", func() bool {
		_, err := phone.Write(report)
		return err == nil && x.a.Stats().Reports > 0
	})
	learned := x.a.cfg.Transport.(*Symmetric).control
	x.until(t, "the port is learned", func() bool { return learned.aim.Load().learned.IsValid() })
	x.a.report(x.a.cfg.Transport.Control(), true)
	for buf, left := make([]byte, packetSize), false; !left; { // after others perhaps
		n, err := phone.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := parseControl(buf[:n], x.b.SSRC())
		if !ok || got.sender != x.a.SSRC() || !got.ofOurs {
			t.Fatalf("%+v, %v", got, ok)
		}
		left = got.goodbye
	}
}
