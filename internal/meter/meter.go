package meter

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// buckets is how many a row has.
const buckets = 4096

// Meter lets each key have Rate units a second, and Burst at once.
//
// A key has a bucket in each of two rows and may take what either has left: only
// a key that shares both of its buckets with a greedy one is the poorer for it.
type Meter struct {
	rate, burst float64
	now         func() time.Time
	seeds       [2]maphash.Seed

	mu   sync.Mutex
	rows [2][buckets]bucket
}

// bucket is what was taken and has not come back yet, as of at.
type bucket struct {
	taken float64
	at    time.Time
}

// Config is what a meter is made of.
type Config struct {
	Rate  float64 // units a second
	Burst float64 // units at once
	Now   func() time.Time
}

// New makes a meter from which nothing was taken.
func New(cfg Config) *Meter {
	return &Meter{rate: cfg.Rate, burst: cfg.Burst, now: cfg.Now, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// Take takes units for a key, or takes nothing and reports false.
func (m *Meter) Take(key netip.Prefix, units float64) bool {
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	room := false
	var mine [2]*bucket
	for i := range mine {
		b := &m.rows[i][maphash.Comparable(m.seeds[i], key)%buckets]
		b.taken, b.at = max(0, b.taken-m.rate*now.Sub(b.at).Seconds()), now
		room = room || b.taken+units <= m.burst
		mine[i] = b
	}
	if !room {
		return false
	}
	for _, b := range mine {
		b.taken = min(b.taken+units, m.burst)
	}
	return true
}

// Host is the key of one machine: whoever has an IPv6 address has 2^64 of them.
func Host(addr netip.Addr) netip.Prefix { return key(addr, 32) }

// Network is the key of a machine and its neighbours.
func Network(addr netip.Addr) netip.Prefix { return key(addr, 24) }

func key(addr netip.Addr, bits4 int) netip.Prefix {
	addr = addr.Unmap().WithZone("")
	bits := 64
	if addr.Is4() {
		bits = bits4
	}
	p, err := addr.Prefix(bits)
	if err != nil { // no address is a key too
		return netip.Prefix{}
	}
	return p
}
