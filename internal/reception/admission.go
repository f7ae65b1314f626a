package reception

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

// Admission decides which sources are listened to at all. Its Admit is asked for
// every packet before anything is parsed.
//
// A trunk's networks and address are always let in. Anyone else is a stranger,
// let in only when there are users with a password, who may come from
// anywhere, and then at a bounded rate until a password has been proven from
// there.
type Admission struct {
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
	messages float64
	at       time.Time
}

// NewAdmission makes an admission that knows no names of trunks until Run.
func NewAdmission(d *directory.Directory, now func() time.Time) *Admission {
	a := &Admission{directory: d, now: now, friends: map[netip.Addr]time.Time{}, strangers: map[netip.Addr]allowance{}}
	for _, u := range d.Users() {
		a.users = a.users || u.Password != ""
	}
	p := peers{addrs: map[netip.Addr]bool{}}
	for _, t := range d.Trunks() {
		if addr := addressOf(t.Address); addr.IsValid() {
			p.addrs[addr.Unmap()] = true
		}
	}
	a.peers.Store(&p)
	return a
}

// Admit reports whether to read what comes from src.
func (a *Admission) Admit(src netip.AddrPort, _ string) bool {
	addr := src.Addr().Unmap()
	if a.peers.Load().addrs[addr] {
		return true
	}
	if _, ok := a.directory.TrunkFrom(addr); ok {
		return true
	}
	return a.users && (a.friend(addr) || a.allow(addr))
}

// befriend remembers that a password was proven from addr.
func (a *Admission) befriend(addr netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	addr = addr.Unmap()
	if _, known := a.friends[addr]; !known {
		makeRoom(a.friends, friendsMost, func(until time.Time) bool { return now.After(until) })
	}
	a.friends[addr] = now.Add(friendLife)
	delete(a.strangers, strangerOf(addr))
}

// estrange forgets that a password was proven from addr.
func (a *Admission) estrange(addr netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.friends, addr.Unmap())
}

// friend reports whether a password was proven from addr lately.
func (a *Admission) friend(addr netip.Addr) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now().Before(a.friends[addr.Unmap()])
}

func (a *Admission) allow(addr netip.Addr) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, who := a.now(), strangerOf(addr)
	left, known := a.strangers[who]
	if !known && len(a.strangers) >= strangersMost {
		a.tidy(now)
		if len(a.strangers) >= strangersMost {
			who = netip.Addr{} // all who come now share one
			left, known = a.strangers[who]
		}
	}
	if !known {
		left = allowance{messages: strangerBurst, at: now}
	}
	left.messages = min(strangerBurst, left.messages+strangerRate*now.Sub(left.at).Seconds())
	left.at = now
	ok := left.messages >= 1
	if ok {
		left.messages--
	}
	a.strangers[who] = left
	return ok
}

// tidy forgets strangers whose allowance is full again.
func (a *Admission) tidy(now time.Time) {
	for who, left := range a.strangers {
		if now.Sub(left.at) > strangerBurst/strangerRate*time.Second {
			delete(a.strangers, who)
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

// Locate is the address of a trunk's host:port, invalid when its name is not
// known yet.
func (a *Admission) Locate(hostPort string) netip.Addr {
	if addr := addressOf(hostPort); addr.IsValid() {
		return addr
	}
	host, _, _ := net.SplitHostPort(hostPort)
	return a.peers.Load().names[host]
}

// watch keeps the addresses of trunks that have names: their answers come from
// there.
func (a *Admission) watch(ctx context.Context, resolver *net.Resolver) {
	var hosts []string
	for _, t := range a.directory.Trunks() {
		if host, _, err := net.SplitHostPort(t.Address); err == nil && !addressOf(t.Address).IsValid() {
			hosts = append(hosts, host)
		}
	}
	fixed := a.peers.Load().addrs
	for len(hosts) > 0 {
		a.lookUp(ctx, resolver, hosts, fixed)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}

func (a *Admission) lookUp(ctx context.Context, resolver *net.Resolver, hosts []string, fixed map[netip.Addr]bool) {
	old := a.peers.Load()
	next := peers{addrs: maps.Clone(fixed), names: map[string]netip.Addr{}}
	for _, host := range hosts {
		addrs, err := resolver.LookupNetIP(ctx, "ip", host)
		if err != nil || len(addrs) == 0 { // keep what was known: a name server may rest
			maps.Copy(next.addrs, old.addrs)
			next.names[host] = old.names[host]
			continue
		}
		next.names[host] = addrs[0].Unmap()
		for _, addr := range addrs {
			next.addrs[addr.Unmap()] = true
		}
	}
	a.peers.Store(&next)
}

// addressOf is the IP of host:port, invalid when the host is a name.
func addressOf(hostPort string) netip.Addr {
	ap, err := netip.ParseAddrPort(hostPort)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr()
}
