package transport

import (
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/message"
)

// counting is a socket that counts what is sent to each address.
type counting struct {
	blackHole
	mu    sync.Mutex
	bytes map[netip.Addr]int
}

func (c *counting) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes[to.Addr()] += len(b)
	return len(b), nil
}

func (c *counting) all() (n int) {
	for _, b := range c.bytes {
		n += b
	}
	return n
}

func TestANetworkIsSentSoMuchAndNoMoreForWhatAnybodyMayHaveWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		conn := &counting{bytes: map[netip.Addr]int{}}
		socket := &udpSocket{layer: l, conn: conn}
		from := func(host byte, s Standing, packet int) udpFlow {
			return udpFlow{socket: socket, remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, host}), 5060), standing: s, packet: packet}
		}
		response := []byte(strings.Repeat("x", 700))

		from(1, Stranger, 100).Reply(response)
		if conn.all() != 0 || l.Counters.Unanswered.Load() != 1 {
			t.Errorf("%d bytes for a packet of 100", conn.all())
		}
		for i := range 10_000 { // neighbours, one packet each and 100 a millisecond
			from(byte(i), Standing(1+i%2), 400).Reply(response)
		}
		if n := conn.all(); n > replyBurst || n < replyBurst-len(response) {
			t.Errorf("%d bytes at once, want %d", n, replyBurst)
		}
		time.Sleep(time.Second)
		for range 10_000 {
			from(7, Stranger, 400).Reply(response)
		}
		if n := conn.all() - replyBurst; n > replyRate || n < replyRate-2*len(response) {
			t.Errorf("%d bytes in a second, want %d", n, replyRate)
		}
		before := conn.all()
		from(9, Trusted, 10).Reply(response)
		if conn.all() == before {
			t.Error("a trunk is not answered because strangers were")
		}
	})
}

func TestWhatCannotBeReadIsAnsweredWithinTheSameBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, err := New(Config{
			Receive:   func(sip.Message, Flow) {},
			Malformed: func(msg sip.Message, _ error, from Flow) { from.Reply([]byte(msg.String())) },
		})
		if err != nil {
			t.Fatal(err)
		}
		conn := &counting{bytes: map[netip.Addr]int{}}
		packet := []byte("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\n" +
			"To: <sip:x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 900\r\n\r\nshort")
		for range 10_000 {
			msg, err := message.ReadDatagram(packet)
			l.deliver(msg, err, udpFlow{
				socket: &udpSocket{layer: l, conn: conn}, remote: netip.MustParseAddrPort("192.0.2.7:5060"),
				standing: Stranger, packet: len(packet),
			})
		}
		if n := conn.all(); n == 0 || n > replyBurst {
			t.Errorf("%d bytes, want some and %d at most", n, replyBurst)
		}
	})
}
