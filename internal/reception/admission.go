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
	"strowger/internal/meter"
	"strowger/internal/sip/ua"
)

// What a source that nobody vouches for may send; what comes on connections from
// where somebody has proven who they are; and how many of those are remembered,
// and for how long.
const (
	strangerRate  = 20  // messages a second
	strangerBurst = 100 // at once
	friendRate    = 500
	friendBurst   = 1000
	friendsMost   = 8192
	friendLife    = time.Hour
)

// Admission decides which sources are listened to at all. Its Admit is asked for
// every packet before anything is parsed.
//
// A trunk's networks and address are always let in. Anyone else is a stranger,
// let in only when there are users with a password, who may come from
// anywhere, and then at a bounded rate until a password has been proven from
// there. Whoever sends back a nonce that was sent there has a rate of its own:
// those who only write such an address on their packets have none, and cannot use
// up what is left for who is there.
type Admission struct {
	directory *directory.Directory
	now       func() time.Time
	peers     atomic.Pointer[peers]

	nonces    *nonces
	strangers *meter.Meter // messages
	answers   *meter.Meter // messages with a nonce of ours
	streamed  *meter.Meter // messages of friends, on connections

	mu      sync.Mutex
	friends map[netip.Addr]time.Time // until when
}

// peers are where trunks are.
type peers struct {
	addrs map[netip.Addr]bool
	names map[string]netip.Addr // host names, as they resolve now
}

// NewAdmission makes an admission that knows no names of trunks until Run.
func NewAdmission(d *directory.Directory, now func() time.Time) *Admission {
	allowance := meter.Config{Rate: strangerRate, Burst: strangerBurst, Now: now}
	a := &Admission{
		directory: d, now: now, friends: map[netip.Addr]time.Time{}, nonces: newNonces(now),
		strangers: meter.New(allowance), answers: meter.New(allowance),
		streamed: meter.New(meter.Config{Rate: friendRate, Burst: friendBurst, Now: now}),
	}
	p := peers{addrs: map[netip.Addr]bool{}}
	for _, t := range d.Trunks() {
		if addr := addressOf(t.Address); addr.IsValid() {
			p.addrs[addr.Unmap()] = true
		}
	}
	a.peers.Store(&p)
	for _, u := range d.Users() {
		for _, b := range d.Bindings(u.ID) { // registered before the last restart
			a.befriend(b.Flow.Remote.Addr())
		}
	}
	return a
}

// Admit says how to treat what comes from src (ua.Config). Over UDP a friend is
// not metered: somebody else may write that address on packets, and would use up
// what a registered phone and its calls need.
func (a *Admission) Admit(src netip.AddrPort, transport string, packet []byte) ua.Standing {
	addr := src.Addr().Unmap()
	switch {
	case a.trusts(addr):
		return ua.Trusted
	case !a.directory.AnyPasses():
		return ua.Refused
	case a.friend(addr):
		if transport != "udp" && !a.streamed.Take(meter.Host(addr), 1) {
			return ua.Refused
		}
		return ua.Known
	case a.strangers.Take(meter.Host(addr), 1):
		return ua.Stranger
	case a.nonces.carried(packet, addr) && a.answers.Take(meter.Host(addr), 1):
		return ua.Stranger
	}
	return ua.Refused
}

// trusts reports whether a trunk is at addr.
func (a *Admission) trusts(addr netip.Addr) bool {
	if a.peers.Load().addrs[addr] {
		return true
	}
	_, ok := a.directory.TrunkFrom(addr)
	return ok
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
