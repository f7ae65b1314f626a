package sip

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/directory"
)

// What a source that nobody vouches for may send, and how many such sources
// are told apart. When there are more, the newest share one allowance.
const (
	strangerRate  = 20  // messages a second
	strangerBurst = 100 // at once
	strangersMost = 4096
	friendsMost   = 8192
	friendLife    = time.Hour
)

// gate decides which sources are listened to at all. Its admit is asked for
// every packet before anything is parsed.
//
// A trunk's networks and address are always let in. Anyone else is a stranger,
// let in only when there are users with a password, who may come from
// anywhere, and then at a bounded rate until a password has been proven from
// there.
type gate struct {
	directory *directory.Directory
	users     bool
	now       func() time.Time
	peers     atomic.Pointer[peers]

	mu        sync.Mutex
	friends   map[netip.Addr]time.Time // until when
	strangers map[netip.Addr]allowance
}

// peers are where trunks are.
type peers struct {
	addrs map[netip.Addr]bool
	names map[string]netip.Addr // host names, as they resolve now
}

type allowance struct {
	left float64
	at   time.Time
}

func newGate(d *directory.Directory, now func() time.Time) *gate {
	g := &gate{directory: d, now: now, friends: map[netip.Addr]time.Time{}, strangers: map[netip.Addr]allowance{}}
	for _, u := range d.Users() {
		g.users = g.users || u.Password != ""
	}
	p := peers{addrs: map[netip.Addr]bool{}}
	for _, t := range d.Trunks() {
		if a := addressOf(t.Address); a.IsValid() {
			p.addrs[a.Unmap()] = true
		}
	}
	g.peers.Store(&p)
	return g
}

// admit reports whether to read what comes from src.
func (g *gate) admit(src netip.AddrPort, _ string) bool {
	addr := src.Addr().Unmap()
	if g.peers.Load().addrs[addr] {
		return true
	}
	if _, ok := g.directory.TrunkFrom(addr); ok {
		return true
	}
	return g.users && (g.friend(addr) || g.allow(addr))
}

// befriend remembers that a password was proven from addr.
func (g *gate) befriend(addr netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	addr = addr.Unmap()
	if _, known := g.friends[addr]; !known {
		makeRoom(g.friends, friendsMost, func(until time.Time) bool { return now.After(until) })
	}
	g.friends[addr] = now.Add(friendLife)
	delete(g.strangers, strangerOf(addr))
}

// friend reports whether a password was proven from addr lately.
func (g *gate) friend(addr netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now().Before(g.friends[addr.Unmap()])
}

func (g *gate) allow(addr netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, who := g.now(), strangerOf(addr)
	a, known := g.strangers[who]
	if !known && len(g.strangers) >= strangersMost {
		g.tidy(now)
		if len(g.strangers) >= strangersMost {
			who = netip.Addr{} // all who come now share one
			a, known = g.strangers[who]
		}
	}
	if !known {
		a = allowance{left: strangerBurst, at: now}
	}
	a.left = min(strangerBurst, a.left+strangerRate*now.Sub(a.at).Seconds())
	a.at = now
	ok := a.left >= 1
	if ok {
		a.left--
	}
	g.strangers[who] = a
	return ok
}

// tidy forgets strangers whose allowance is full again.
func (g *gate) tidy(now time.Time) {
	for who, a := range g.strangers {
		if now.Sub(a.at) > strangerBurst/strangerRate*time.Second {
			delete(g.strangers, who)
		}
	}
}

// strangerOf: whoever has an IPv6 address has 2^64 of them.
func strangerOf(addr netip.Addr) netip.Addr {
	if addr.Is4() {
		return addr
	}
	p, err := addr.Prefix(64)
	if err != nil {
		return addr
	}
	return p.Addr()
}

// where is the address of host:port, invalid when its name is not known yet.
func (g *gate) where(hostPort string) netip.Addr {
	if a := addressOf(hostPort); a.IsValid() {
		return a
	}
	host, _, _ := net.SplitHostPort(hostPort)
	return g.peers.Load().names[host]
}

// watch keeps the addresses of trunks that have names: their answers come from
// there.
func (g *gate) watch(ctx context.Context, resolver *net.Resolver) {
	var hosts []string
	for _, t := range g.directory.Trunks() {
		if host, _, err := net.SplitHostPort(t.Address); err == nil && !addressOf(t.Address).IsValid() {
			hosts = append(hosts, host)
		}
	}
	fixed := g.peers.Load().addrs
	for len(hosts) > 0 {
		g.lookUp(ctx, resolver, hosts, fixed)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}

func (g *gate) lookUp(ctx context.Context, resolver *net.Resolver, hosts []string, fixed map[netip.Addr]bool) {
	old := g.peers.Load()
	next := peers{addrs: maps.Clone(fixed), names: map[string]netip.Addr{}}
	for _, host := range hosts {
		addrs, err := resolver.LookupNetIP(ctx, "ip", host)
		if err != nil || len(addrs) == 0 { // keep what was known: a name server may rest
			maps.Copy(next.addrs, old.addrs)
			next.names[host] = old.names[host]
			continue
		}
		next.names[host] = addrs[0].Unmap()
		for _, a := range addrs {
			next.addrs[a.Unmap()] = true
		}
	}
	g.peers.Store(&next)
}
