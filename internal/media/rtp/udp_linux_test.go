//go:build linux && (amd64 || arm64)

package rtp

import (
	"net/netip"
	"sync"
	"testing"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/dtmf"
)

var _ Poller = (*udp)(nil)

// both are two sockets on one address.
func both(t *testing.T, first int, ip string) (a, b *udp) {
	t.Helper()
	p := newPorts(t, first, first+19)
	open := func() *udp {
		io, err := p.Listen(netip.MustParseAddr(ip))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = io.Close() })
		return io.io.(*udp)
	}
	return open(), open()
}

func TestSocketsOfEitherFamilyTellWhoSentWhatAndWhen(t *testing.T) {
	for first, ip := range map[int]string{30800: "127.0.0.1", 30820: "::1"} {
		a, b := both(t, first, ip)
		before := time.Now()
		if err := a.WritePacket([]byte("hello"), b.LocalAddr()); err != nil {
			t.Fatalf("%s: %v", ip, err)
		}
		after := time.Now()
		got := 0
		waitFor(t, func() bool {
			b.Poll(func(packet []byte, from netip.AddrPort, at time.Time) {
				got++
				if string(packet) != "hello" || from != a.LocalAddr() {
					t.Errorf("%q from %v, want it from %v", packet, from, a.LocalAddr())
				}
				// The order of events, with room for two clocks that do not
				// run quite alike.
				if at.Before(before.Add(-time.Second)) || at.After(after.Add(time.Second)) {
					t.Errorf("%s: came at %v, sent between %v and %v", ip, at, before, after)
				}
			})
			return got > 0
		})
	}
}

func TestASocketIsSilentTowardsTheOtherFamily(t *testing.T) {
	a, _ := both(t, 30840, "127.0.0.1")
	if err := a.WritePacket([]byte("hello"), netip.MustParseAddrPort("[::1]:30842")); err == nil {
		t.Error("an IPv4 socket sent to an IPv6 address")
	}
	if err := a.WritePacket([]byte("hello"), netip.MustParseAddrPort("127.0.0.1:30843")); err != nil {
		t.Errorf("and then cannot send to IPv4: %v", err)
	}
}

func TestAFloodDoesNotHoldUpTheClock(t *testing.T) {
	a, b := both(t, 30860, "127.0.0.1")
	for range 2 * pollBatch * pollRounds {
		if err := a.WritePacket([]byte("flood"), b.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	total := 0
	waitFor(t, func() bool {
		got := 0
		b.Poll(func([]byte, netip.AddrPort, time.Time) { got++ })
		if got > pollBatch*pollRounds {
			t.Errorf("%d packets in one poll, want %d at most", got, pollBatch*pollRounds)
		}
		total += got
		return total == 2*pollBatch*pollRounds
	})
}

func TestPollingAndSendingDoNotAllocate(t *testing.T) {
	a, b := both(t, 30880, "::1")
	got := 0
	take := func([]byte, netip.AddrPort, time.Time) { got++ }
	packet, to := make([]byte, 172), b.LocalAddr()
	n := testing.AllocsPerRun(100, func() {
		_ = a.WritePacket(packet, to)
		b.Poll(take)
	})
	if n != 0 || got == 0 {
		t.Errorf("%v allocations per packet, of %d", n, got)
	}
}

// Whoever hangs up closes the socket while the clock still reads and sends;
// the number of the socket may be another's a moment later.
func TestASocketMayBeClosedUnderTheClock(t *testing.T) {
	for range 20 {
		p := newPorts(t, 30900, 30919)
		s := NewSession(Config{Transport: listen(t, p)})
		other := NewSession(Config{Transport: listen(t, p)})
		agree(t, s, other)
		running := start(s)
		var clock sync.WaitGroup
		ticked := make(chan struct{})
		clock.Go(func() {
			frame := make([]int16, 160)
			for n := 0; s.Stats().SendErrors == 0; n++ {
				s.ReadFrame(frame)
				s.WriteFrame(frame)
				if n == 3 {
					close(ticked)
				}
			}
		})
		<-ticked
		running.stop(t)
		clock.Wait()
		_ = other.Close()
		if p.InUse() != 0 {
			t.Fatalf("%d ports were not given back", p.InUse())
		}
	}
}

func TestALegInNoRoomStillTellsItsDigits(t *testing.T) {
	p := newPorts(t, 30920, 30939)
	digits := make(chan dtmf.Digit, 1)
	s := NewSession(Config{Transport: listen(t, p), OnDigit: func(d dtmf.Digit, _ time.Time) { digits <- d }})
	phone := listen(t, p)
	if err := s.Update(Params{Remote: phone.LocalAddr(), Format: basic().Format, EventPayloadType: 101}); err != nil {
		t.Fatal(err)
	}
	running := start(s)
	phone.Follow(s.LocalAddr(), netip.Addr{})
	if err := phone.WritePacket(key(1, 3)); err != nil {
		t.Fatal(err)
	}
	if d := <-digits; d != '3' {
		t.Errorf("heard %v", d)
	}
	running.stop(t)
}

func TestASocketIsLeftToTheClockWhileItPolls(t *testing.T) {
	var w watch
	w.start()
	defer w.timer.Stop()
	var polls uint64
	look := func(byClock int) {
		polls += uint64(byClock)
		told := w.look(polls)
		if told != (byClock == 0) {
			t.Errorf("after %d polls of the clock somebody is told to poll: %v", byClock, told)
		}
		if told {
			polls++
		}
	}
	for n := range steadyPolls + 1 {
		if w.every != media.FrameDuration {
			t.Fatalf("left alone after %d frames", n)
		}
		look(1)
	}
	if w.every != restWatch {
		t.Fatal("not left to the clock that polls")
	}
	look(50)
	if w.every != restWatch {
		t.Error("not left to the clock that went on polling")
	}
	look(10)
	if w.every != media.FrameDuration {
		t.Error("left to a clock that stopped polling")
	}
	look(0)
	look(0)
}
