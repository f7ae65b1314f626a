package sip_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/sip/siptest"
)

// sprayer sends sound and keys to every port that a leg could have, all the time.
type sprayer struct {
	conn *net.UDPConn
	done chan struct{}
	wg   sync.WaitGroup
}

// spray begins, from an address that is nobody's, and ends with the test.
func (r *rig) spray(first, last uint16) *sprayer {
	r.t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 66)})
	if err != nil {
		r.t.Fatal(err)
	}
	s := &sprayer{conn: conn, done: make(chan struct{})}
	s.wg.Go(func() {
		ticks := time.NewTicker(2 * time.Millisecond)
		defer ticks.Stop()
		for port := first; ; {
			for range 25 {
				to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
				_, _ = conn.WriteToUDPAddrPort(append([]byte{0x80, 0, 0, byte(port), 11: 9}, make([]byte, 160)...), to)
				_, _ = conn.WriteToUDPAddrPort([]byte{0x80, 0x80 | 101, 0, byte(port), 11: 9, 12: 3, 13: 0x8a, 15: 160}, to)
				if port += 2; port > last {
					port = first
				}
			}
			select {
			case <-s.done:
				return
			case <-ticks.C:
			}
		}
	})
	r.t.Cleanup(func() { s.stop() })
	return s
}

func (s *sprayer) stop() {
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	s.wg.Wait()
	_ = s.conn.Close()
}

// gotNothing looks at what the stranger was ever sent.
func (s *sprayer) gotNothing(t *testing.T) {
	t.Helper()
	_ = s.conn.SetReadDeadline(time.Unix(1, 0))
	if n, from, err := s.conn.ReadFrom(make([]byte, 1500)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the stranger hears %d bytes from %v (%v)", n, from, err)
	}
}

func TestAStrangerWhoSpraysAllPortsHearsNothingAndIsNotHeard(t *testing.T) {
	r := start(t)
	evil := r.spray(42000, 42998)
	c, id := r.answered()
	r.echo(id)
	talking := string(c.Offer())
	for _, change := range []string{"a=sendrecv", "a=sendonly", "a=sendrecv", "a=inactive", "a=sendrecv"} {
		c.Reinvite([]byte(strings.Replace(talking, "a=sendrecv", change, 1)))
		if e := c.Await(siptest.Reinvited); e.Code != 200 {
			t.Fatalf("%s is answered %d", change, e.Code)
		}
		if change == "a=sendrecv" {
			c.Talk(500)
			c.AwaitTone(500)
			c.Talk(0)
		}
	}
	c.Press("5")
	if tone := next[call.ToneReceived](r); tone.Tone != '5' {
		t.Errorf("heard %v", tone.Tone)
	}
	c.HangUp()
	next[call.LegEnded](r)
	evil.gotNothing(t)
	evil.stop()
}
