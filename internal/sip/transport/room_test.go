package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

var smallLimits = limits{all: 40, kept: 8, strangers: 16, strangersEach: 4, knownEach: 10}

func (r *room) comes(s Standing, source string) (st *stream, goes *stream, ok bool) {
	st = &stream{standing: s, source: netip.MustParseAddr(source)}
	goes, ok = r.enter(st)
	return st, goes, ok
}

func TestAStrangerGivesWayToTheNextOfTheSameNetwork(t *testing.T) {
	r := newRoom(smallLimits)
	var first *stream
	for i := range smallLimits.strangersEach {
		s, goes, ok := r.comes(Stranger, fmt.Sprint("192.0.2.", i))
		if goes != nil || !ok {
			t.Fatalf("stranger %d: %v, %v", i, goes, ok)
		}
		if i == 0 {
			first = s
		}
	}
	if _, goes, ok := r.comes(Stranger, "192.0.2.99"); goes != first || !ok {
		t.Errorf("one more: %v goes, %v", goes, ok)
	}
	if _, goes, ok := r.comes(Stranger, "198.51.100.1"); goes != nil || !ok {
		t.Errorf("from elsewhere: %v goes, %v", goes, ok)
	}
}

func TestTheLargestCrowdGivesWay(t *testing.T) {
	r := newRoom(smallLimits)
	lonely, _, _ := r.comes(Stranger, "198.51.100.1")
	for i := range 1000 {
		_, goes, ok := r.comes(Stranger, fmt.Sprintf("10.%d.%d.1", i/250, i%250))
		if goes == lonely && i < smallLimits.strangers {
			t.Fatal("who came alone went before the crowd")
		}
		if !ok || r.unproven > smallLimits.strangers {
			t.Fatalf("%v, %d strangers", ok, r.unproven)
		}
		for range smallLimits.strangersEach {
			r.comes(Stranger, "203.0.113.7") // one network has as many as it may
		}
	}
	if n := len(r.networks); n > smallLimits.strangers {
		t.Errorf("%d networks are remembered", n)
	}
}

func TestWhoHasProvenSomethingStaysAndTheTrustedFindRoom(t *testing.T) {
	r := newRoom(smallLimits)
	var proven []*stream
	for i := range 32 {
		s, _, ok := r.comes(Stranger, fmt.Sprintf("10.0.%d.1", i))
		if !ok {
			t.Fatalf("stranger %d finds no room", i)
		}
		r.prove(s)
		proven = append(proven, s)
	}
	if _, goes, ok := r.comes(Stranger, "192.0.2.1"); goes != nil || ok {
		t.Errorf("a stranger: %v goes, %v", goes, ok)
	}
	if _, goes, ok := r.comes(Known, "192.0.2.1"); goes != nil || ok {
		t.Errorf("somebody known: %v goes, %v", goes, ok)
	}
	for i := range smallLimits.kept {
		if _, goes, ok := r.comes(Trusted, "192.0.2.9"); goes != nil || !ok {
			t.Errorf("trunk %d: %v goes, %v", i, goes, ok)
		}
	}
	if _, _, ok := r.comes(Trusted, "192.0.2.9"); ok {
		t.Error("there is no bound")
	}
	for _, s := range proven {
		r.leave(s)
		r.leave(s) // twice is once
	}
	if r.taken != smallLimits.kept || r.unproven != 0 || len(r.known)+len(r.networks) != 0 {
		t.Errorf("left: %+v", r)
	}
}

func TestAStrangerGivesWayToWhoIsKnownOrTrusted(t *testing.T) {
	for _, s := range []Standing{Known, Trusted} {
		r := newRoom(limits{all: 4, kept: 0, strangers: 4, strangersEach: 4, knownEach: 10})
		for range 4 {
			r.comes(Stranger, "192.0.2.1")
		}
		for i := range 4 {
			if _, goes, ok := r.comes(s, "192.0.2.9"); goes == nil || !ok {
				t.Errorf("%d of standing %d: %v goes, %v", i, s, goes, ok)
			}
		}
	}
}

func TestOneAddressHasNoMoreThanItsShareOfTheKnown(t *testing.T) {
	r := newRoom(smallLimits)
	for range smallLimits.knownEach {
		r.comes(Known, "192.0.2.1")
	}
	if _, _, ok := r.comes(Known, "192.0.2.1"); ok {
		t.Error("it has more")
	}
	if _, _, ok := r.comes(Known, "192.0.2.2"); !ok {
		t.Error("its neighbour has none")
	}
}

// network is 127.0.0.9, where the trunk is; friends are 127.1.0.0/16.
func standingOf(src netip.AddrPort, _ string, _ []byte) Standing {
	switch b := src.Addr().As4(); {
	case src.Addr() == netip.MustParseAddr("127.0.0.9"):
		return Trusted
	case b[1] == 1:
		return Known
	}
	return Stranger
}

// listening is a layer on loopback with small limits. What it hears it gives out
// as From's user.
func listening(t *testing.T) (l *Layer, heard chan string) {
	t.Helper()
	heard = make(chan string, 64)
	l, err := New(Config{Listen: []string{"tcp://127.0.0.1:0"}, Admit: standingOf, Receive: func(msg sip.Message, from Flow) {
		if msg.From().Address.User == "prover" {
			from.Vouch()
		}
		heard <- msg.From().Address.User
	}})
	if err != nil {
		t.Fatal(err)
	}
	l.room = newRoom(smallLimits)
	if err := l.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = l.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	return l, heard
}

func dialFrom(t *testing.T, host string, to netip.AddrPort) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}).Dial("tcp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func optionsFrom(user string) string {
	return "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: <sip:" + user + "@x>;tag=1\r\n" +
		"To: <sip:x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
}

// say writes a message and waits until it is heard.
func say(t *testing.T, c net.Conn, user string, heard chan string) {
	t.Helper()
	fmt.Fprint(c, optionsFrom(user))
	select {
	case got := <-heard:
		if got != user {
			t.Errorf("heard %s, want %s", got, user)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("%s was not heard", user)
	}
}

func TestStrangersConnectionsKeepNobodyOut(t *testing.T) {
	l, heard := listening(t)
	phone := dialFrom(t, "127.2.0.1", l.Addr("tcp"))
	say(t, phone, "prover", heard)
	var strangers []net.Conn
	for i := range 300 {
		strangers = append(strangers, dialFrom(t, fmt.Sprintf("127.3.%d.1", i%100), l.Addr("tcp")))
	}
	// The last connection has been seen when somebody behind it is heard.
	say(t, dialFrom(t, "127.0.0.9", l.Addr("tcp")), "trunk", heard)
	say(t, dialFrom(t, "127.1.0.1", l.Addr("tcp")), "friend", heard)
	say(t, phone, "phone", heard)
	// Each of the others is closed when the one after it has come, or soon after.
	left := strangers
	for end := time.Now().Add(20 * time.Second); len(left) > smallLimits.strangers && time.Now().Before(end); {
		left = slices.DeleteFunc(slices.Clone(left), func(c net.Conn) bool {
			_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
			_, err := c.Read(make([]byte, 1))
			return !isTimeout(err)
		})
	}
	if len(left) > smallLimits.strangers {
		t.Errorf("%d strangers are connected, want %d at most", len(left), smallLimits.strangers)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// onPipe serves one end of a connection in a bubble.
func onPipe(t *testing.T, standing Standing, admit func(netip.AddrPort, string, []byte) Standing, test func(far net.Conn, s *stream, heard *[]time.Duration)) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var heard []time.Duration
		began := time.Now()
		l, err := New(Config{Admit: admit, Receive: func(sip.Message, Flow) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, time.Since(began))
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = l.Run(ctx) })
		synctest.Wait()
		s := l.newStream("tcp", standing)
		s.source = netip.MustParseAddr("192.0.2.1")
		l.seat(s)
		near, far := net.Pipe()
		wg.Go(func() { s.serve(near) })
		test(far, s, &heard)
		far.Close()
		cancel()
		wg.Wait()
	})
}

// closedAfter waits until the near end closes.
func closedAfter(far net.Conn) time.Duration {
	began := time.Now()
	_, _ = io.Copy(io.Discard, far)
	return time.Since(began)
}

// repeat writes something again and again until it cannot; stopped waits for that.
func repeat(far net.Conn, what string, every time.Duration) (stopped func()) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			time.Sleep(every)
			if _, err := fmt.Fprint(far, what); err != nil {
				return
			}
		}
	})
	return wg.Wait
}

func TestHalfAMessageDoesNotStay(t *testing.T) {
	for _, standing := range []Standing{Stranger, Known, Trusted} {
		onPipe(t, standing, nil, func(far net.Conn, _ *stream, heard *[]time.Duration) {
			fmt.Fprint(far, optionsFrom("whole"))
			fmt.Fprint(far, optionsFrom("half")[:100])
			stopped := repeat(far, "a", time.Second) // a byte now and then buys no time
			defer stopped()
			if after := closedAfter(far); after != messageTime {
				t.Errorf("standing %d: it was closed after %v", standing, after)
			}
			if len(*heard) != 1 {
				t.Errorf("standing %d: %d messages were heard", standing, len(*heard))
			}
		})
	}
}

func TestAStrangersConnectionIsKeptAMinuteWithoutProof(t *testing.T) {
	onPipe(t, Stranger, nil, func(far net.Conn, _ *stream, _ *[]time.Duration) {
		stopped := repeat(far, optionsFrom("chatter"), 7*time.Second)
		defer stopped()
		if after := closedAfter(far); after != provingTime {
			t.Errorf("it was closed after %v", after)
		}
	})
	onPipe(t, Stranger, nil, func(far net.Conn, s *stream, _ *[]time.Duration) {
		fmt.Fprint(far, optionsFrom("prover"))
		s.Vouch()
		time.Sleep(time.Hour)
		if _, err := fmt.Fprint(far, optionsFrom("prover")); err != nil {
			t.Errorf("after the proof: %v", err)
		}
	})
}

func TestMessagesOnAConnectionWaitUntilTheirSourceMaySendThem(t *testing.T) {
	var mu sync.Mutex
	free := time.Time{}
	oneASecond := func(netip.AddrPort, string, []byte) Standing {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Before(free) {
			return Refused
		}
		free = time.Now().Add(time.Second)
		return Stranger
	}
	onPipe(t, Stranger, oneASecond, func(far net.Conn, _ *stream, heard *[]time.Duration) {
		for range 5 {
			fmt.Fprint(far, optionsFrom("eager"))
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := fmt.Sprint(*heard); got != "[0s 1s 2s 3s 4s]" {
			t.Errorf("heard at %s", got)
		}
	})
}
