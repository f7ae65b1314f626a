package meter

import (
	"net/netip"
	"testing"
	"time"
)

// host is one of 2^24 machines.
func host(n int) netip.Prefix {
	return Host(netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}))
}

type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func newClocked(rate, burst float64) (*Meter, *clock) {
	c := &clock{time.Unix(1_800_000_000, 0)}
	return New(Config{Rate: rate, Burst: burst, Now: c.now}), c
}

// taken counts how many single units a key gets when it asks for so many.
func (m *Meter) taken(key netip.Prefix, asked int) (got int) {
	for range asked {
		if m.Take(key, 1) {
			got++
		}
	}
	return got
}

func TestAKeyAloneGetsItsBurstAndThenItsRate(t *testing.T) {
	m, clock := newClocked(20, 100)
	if got := m.taken(host(1), 500); got != 100 {
		t.Errorf("%d at once, want 100", got)
	}
	clock.Time = clock.Add(time.Second)
	if got := m.taken(host(1), 500); got != 20 {
		t.Errorf("%d after a second, want 20", got)
	}
	clock.Time = clock.Add(time.Hour)
	if got := m.taken(host(1), 500); got != 100 {
		t.Errorf("%d after an hour, want 100", got)
	}
	if m.Take(host(2), 101) || !m.Take(host(2), 100) {
		t.Error("what does not fit is taken in part")
	}
}

func TestTheGreedyCostOthersNothing(t *testing.T) {
	m, _ := newClocked(20, 100)
	for n := range 50 {
		m.taken(host(n), 500)
	}
	refused := 0
	for n := range 1000 {
		if !m.Take(host(1000+n), 1) {
			refused++
		}
	}
	if refused > 10 { // two rows: fifty in four thousand, squared
		t.Errorf("%d of 1000 are refused because of 50 others", refused)
	}
}

func TestAFloodFromEverywhereLeavesRoomForWhoComesAnew(t *testing.T) {
	m, clock := newClocked(20, 100)
	for n := range 200_000 { // ten seconds of 20,000 a second, each from another source
		m.Take(host(n), 1)
		clock.Time = clock.Add(50 * time.Microsecond)
	}
	refused := 0
	for n := range 1000 {
		if !m.Take(host(1_000_000+n), 1) {
			refused++
		}
	}
	if refused > 0 {
		t.Errorf("%d of 1000 newcomers are refused", refused)
	}
}

func TestNeighboursAreOneNetwork(t *testing.T) {
	for _, test := range []struct {
		a, b          string
		host, network bool // the same?
	}{
		{"192.0.2.1", "192.0.2.1", true, true},
		{"192.0.2.1", "::ffff:192.0.2.1", true, true},
		{"192.0.2.1", "192.0.2.254", false, true},
		{"192.0.2.1", "192.0.3.1", false, false},
		{"2001:db8::1", "2001:db8::ffff:1", true, true},
		{"2001:db8::1", "2001:db8:0:1::1", false, false},
		{"fe80::1%eth0", "fe80::1%eth1", true, true},
	} {
		a, b := netip.MustParseAddr(test.a), netip.MustParseAddr(test.b)
		if got := Host(a) == Host(b); got != test.host {
			t.Errorf("%s and %s are one host: %v", a, b, got)
		}
		if got := Network(a) == Network(b); got != test.network {
			t.Errorf("%s and %s are one network: %v", a, b, got)
		}
	}
	if Host(netip.Addr{}).IsValid() {
		t.Error("no address has a host")
	}
}

func BenchmarkTake(b *testing.B) {
	m := New(Config{Rate: 20, Burst: 100, Now: time.Now})
	for n := range b.N {
		m.Take(host(n), 1)
	}
}
