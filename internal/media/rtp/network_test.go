package rtp

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"strowger/internal/media/codec"
	"strowger/internal/media/dtmf"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = netip.MustParseAddr("127.0.0.1")

func listen(t *testing.T, p *Ports) Transport {
	t.Helper()
	io, err := p.Listen(loopback)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = io.Close() })
	return io
}

func newPorts(t *testing.T, first, last int) *Ports {
	t.Helper()
	p, err := NewPorts(first, last)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryPortIsGivenOutOnceAndIsEven(t *testing.T) {
	p := newPorts(t, 30001, 30010)
	seen := map[uint16]bool{}
	for range p.Size() {
		port := listen(t, p).LocalAddr().Port()
		if port%2 != 0 || port < 30001 || port+1 > 30010 || seen[port] {
			t.Errorf("got port %d after %v", port, seen)
		}
		seen[port] = true
	}
	if _, err := p.Listen(loopback); !errors.Is(err, ErrNoPort) || !strings.Contains(err.Error(), "all 4 of 30002-30009") {
		t.Errorf("when all are in use: %v", err)
	}
}

func TestAPortIsGivenBackOnceAndRests(t *testing.T) {
	p := newPorts(t, 30100, 30105)
	first := listen(t, p)
	_ = first.Close()
	_ = first.Close()
	if p.InUse() != 0 {
		t.Fatalf("%d ports in use", p.InUse())
	}
	for range p.Size() - 1 {
		if io := listen(t, p); io.LocalAddr() == first.LocalAddr() {
			t.Errorf("%v was given out again before the others", first.LocalAddr())
		}
	}
	if io := listen(t, p); io.LocalAddr() != first.LocalAddr() {
		t.Errorf("the last port is %v", io.LocalAddr())
	}
}

func TestAPortThatAnotherProgramHoldsIsPassedOver(t *testing.T) {
	other, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 30202})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	p := newPorts(t, 30200, 30205)
	listen(t, p)
	listen(t, p)
	if _, err := p.Listen(loopback); !errors.Is(err, ErrNoPort) {
		t.Errorf("the third port: %v", err)
	}
	if p.InUse() != 2 {
		t.Errorf("%d ports in use", p.InUse())
	}
}

func TestRangesWithoutAnEvenPortAreRefused(t *testing.T) {
	for _, r := range [][2]int{{0, 100}, {30001, 30001}, {30001, 30002}, {5000, 4000}, {65000, 70000}} {
		if _, err := NewPorts(r[0], r[1]); err == nil {
			t.Errorf("%v accepted", r)
		}
	}
}

// Two sessions on real sockets: what one says the other hears, digits too, and
// both ports are free afterwards.
func TestTwoSessionsTalkOverTheNetwork(t *testing.T) {
	p := newPorts(t, 30300, 30399)
	digits := make(chan dtmf.Digit, 4)
	a := NewSession(Config{Transport: listen(t, p)})
	b := NewSession(Config{Transport: listen(t, p),
		OnDigit: func(d dtmf.Digit, _ time.Time) { digits <- d }})
	agree(t, a, b)
	agree(t, b, a)
	runningA, runningB := start(a), start(b)

	tone := tone440(8000, 40*160)
	sent := a.SendDTMF([]dtmf.Digit{'5'}, 60*time.Millisecond, 60*time.Millisecond)
	var heard []int16
	frame := make([]int16, 160)
	// Frame by frame, each waited for: the network is real, the clock is not.
	for n := uint64(1); n <= 40; n++ {
		a.WriteFrame(tone[160*(n-1) : 160*n])
		waitFor(t, func() bool { return b.Stats().Received == n })
		if b.ReadFrame(frame) {
			heard = append(heard, frame...)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if d := <-digits; d != '5' {
		t.Errorf("heard digit %v", d)
	}
	if tail := heard[len(heard)-1600:]; dtmf.Power(tail, 440, 8000) < 1e7*1600 {
		t.Error("the tone was not heard")
	}
	runningA.stop(t)
	runningB.stop(t)
	if p.InUse() != 0 {
		t.Errorf("%d ports were not given back", p.InUse())
	}
}

func TestARealSocketIsWokenForTheMediaTimeout(t *testing.T) {
	p := newPorts(t, 30400, 30499)
	timeouts := make(chan struct{}, 1)
	s := NewSession(Config{Transport: listen(t, p), MediaTimeout: 100 * time.Millisecond,
		OnMediaTimeout: func() { timeouts <- struct{}{} }})
	other := NewSession(Config{Transport: listen(t, p)})
	agree(t, s, other)
	agree(t, other, s)
	running := start(s)
	frame := make([]int16, 160)
	for range 5 {
		s.ReadFrame(frame)
	}
	<-timeouts
	other.WriteFrame(frame) // and it still receives
	waitFor(t, func() bool { return s.Stats().Received == 1 })
	running.stop(t)
	_ = other.Close()
}

func TestUpdatesWhileSoundFlowsAreSafe(t *testing.T) {
	p := newPorts(t, 30500, 30599)
	a := NewSession(Config{Transport: listen(t, p)})
	b := NewSession(Config{Transport: listen(t, p)})
	agree(t, a, b)
	agree(t, b, a)
	runningA, runningB := start(a), start(b)
	updated := make(chan struct{})
	go func() {
		defer close(updated)
		for i := range 200 {
			params := Params{Remote: b.LocalAddr(), Format: Format{Codec: codec.PCMU}, EventPayloadType: 101, Direction: Direction(i % 4)}
			if i%3 == 0 {
				params.Codec, params.PayloadType = codec.PCMA, 8
			}
			if err := a.Update(params); err != nil {
				t.Error(err)
			}
			a.SendDTMF([]dtmf.Digit{'1'}, 0, 0)
			_ = a.Stats()
		}
	}()
	frame := make([]int16, 160)
	for done := false; !done; {
		a.ReadFrame(frame)
		a.WriteFrame(frame)
		b.ReadFrame(frame)
		b.WriteFrame(frame)
		select {
		case <-updated:
			done = true
		default:
		}
	}
	runningA.stop(t)
	runningB.stop(t)
}

func agree(t *testing.T, s, other *Session) {
	t.Helper()
	err := s.Update(Params{Remote: other.LocalAddr(), Format: Format{Codec: codec.PCMU}, EventPayloadType: 101})
	if err != nil {
		t.Fatal(err)
	}
}

// waitFor waits for a fact about another goroutine that reads a real socket.
func waitFor(t *testing.T, fact func() bool) {
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	poll := time.NewTicker(200 * time.Microsecond)
	defer poll.Stop()
	for !fact() {
		select {
		case <-deadline.C:
			t.Fatal("it never happened")
		case <-poll.C:
		}
	}
}

// FuzzReceive feeds datagrams to a session that runs a call: nothing may
// panic, block or make sound out of bounds, and what pion/rtp refuses or reads
// otherwise must not be taken for sound.
func FuzzReceive(f *testing.F) {
	f.Add(datagram(header{sequence: 2, timestamp: 160}, make([]byte, 160)))
	f.Add(datagram(header{payloadType: 101, marker: true, sequence: 2}, []byte{1, 0x8a, 0, 160}))
	f.Add(slices.Concat([]byte{0xb1, 0}, make([]byte, 10), make([]byte, 4), []byte{0xbe, 0xde, 0, 1, 1, 2, 3, 4, 0xff, 1}))
	f.Fuzz(func(t *testing.T, data []byte) {
		agreesWithPion(t, data)
		s, _ := newTestSession(t, Config{})
		frame := make([]int16, 160)
		for len(data) > 0 {
			n := min(len(data), 1+int(data[0]))
			s.hears(data[:n], farEnd)
			s.hears(datagram(header{sequence: uint16(n)}, data[:n]), farEnd)
			data = data[n:]
			s.ReadFrame(frame)
		}
		if got := s.Stats(); got.Delay > 2*time.Second {
			t.Errorf("%+v", got)
		}
	})
}
