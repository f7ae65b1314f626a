package listener

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Limits bound the connections that are open at once.
type Limits struct {
	InAll     int
	PerSource int
}

// Guard counts the connections of all listeners that share it. Its methods may
// be called from any goroutine.
type Guard struct {
	limits  Limits
	refused atomic.Uint64
	evicted atomic.Uint64

	mu      sync.Mutex
	open    int
	sources map[netip.Prefix]*source
}

// source is what one address has.
type source struct {
	open      map[*conn]bool
	strangers int // of them, those that nobody has proved
}

// NewGuard makes a Guard.
func NewGuard(l Limits) *Guard { return &Guard{limits: l, sources: map[netip.Prefix]*source{}} }

// Counts are the connections now, and totals since the start.
type Counts struct {
	Open    int
	Evicted uint64 // closed while nothing was being done on them, to make room
	Refused uint64 // closed at once, for want of room
}

// Counts are those so far.
func (g *Guard) Counts() Counts {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Counts{Open: g.open, Evicted: g.evicted.Load(), Refused: g.refused.Load()}
}

// Handler notes on which connections h is doing something.
func (g *Guard) Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connKey{}).(*conn); ok {
			g.begin(c)
			defer g.end(c)
		}
		h.ServeHTTP(w, r)
	})
}

// Proven notes that a request has proved who asks. ctx is the request's.
func Proven(ctx context.Context) {
	c, ok := ctx.Value(connKey{}).(*conn)
	if !ok {
		return
	}
	c.guard.mu.Lock()
	defer c.guard.mu.Unlock()
	if !c.proven && !c.gone {
		c.proven = true
		c.source.strangers--
	}
}

// admit takes a connection, or closes it and returns nil.
func (g *Guard) admit(in net.Conn) *conn {
	c := &conn{Conn: in, guard: g, at: sourceOf(in.RemoteAddr()), since: time.Now()}
	victim, admitted := g.place(c)
	if victim != nil {
		g.evicted.Add(1)
		_ = victim.Conn.Close() // whoever serves it sees that, and ends
	}
	if !admitted {
		g.refused.Add(1)
		_ = in.Close()
		return nil
	}
	return c
}

// place finds a place, and who has to go for it.
func (g *Guard) place(c *conn) (victim *conn, admitted bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	own := g.sources[c.at]
	switch {
	case own != nil && len(own.open) >= g.limits.PerSource:
		victim = own.idlest()
	case g.open >= g.limits.InAll:
		victim = g.idlest(own)
	default:
		g.add(c)
		return nil, true
	}
	if victim == nil {
		return nil, false
	}
	g.remove(victim)
	g.add(c)
	return victim, true
}

// idlest is who goes when there is no room for anybody: of the source with the
// most strangers, or else of those who are known. A source with as many
// strangers as that one has had its share.
func (g *Guard) idlest(own *source) *conn {
	most := &source{}
	for _, s := range g.sources {
		if s.strangers > most.strangers {
			most = s
		}
	}
	if own != nil && own != most && own.strangers > 0 && own.strangers >= most.strangers {
		most = own
	}
	if v := most.idlest(); v != nil && !v.proven {
		return v
	}
	var idlest *conn
	for _, s := range g.sources {
		if v := s.idlest(); v.before(idlest) {
			idlest = v
		}
	}
	return idlest
}

// idlest is the connection on which nothing has been done for longest; one of
// strangers where there is any, nil when all are being answered.
func (s *source) idlest() (idlest *conn) {
	for c := range s.open {
		if c.busy == 0 && c.before(idlest) {
			idlest = c
		}
	}
	return idlest
}

// before reports whether c goes before other, where either may be nil.
func (c *conn) before(other *conn) bool {
	switch {
	case c == nil || other == nil:
		return c != nil
	case c.proven != other.proven:
		return other.proven
	}
	return c.since.Before(other.since)
}

func (g *Guard) add(c *conn) {
	s := g.sources[c.at]
	if s == nil {
		s = &source{open: map[*conn]bool{}}
		g.sources[c.at] = s
	}
	c.source = s
	s.open[c] = true
	s.strangers++
	g.open++
}

func (g *Guard) remove(c *conn) {
	if c.gone {
		return
	}
	c.gone = true
	delete(c.source.open, c)
	if !c.proven {
		c.source.strangers--
	}
	if len(c.source.open) == 0 {
		delete(g.sources, c.at)
	}
	g.open--
}

func (g *Guard) begin(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.busy++
}

func (g *Guard) end(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.busy--
	c.since = time.Now()
}

// conn is a connection that has a place. Closing it gives the place back.
type conn struct {
	net.Conn
	guard *Guard
	at    netip.Prefix
	first []byte // read ahead

	// Under the guard's lock.
	source *source
	busy   int // requests that are being answered
	since  time.Time
	proven bool
	gone   bool
}

func (c *conn) Close() error {
	c.guard.mu.Lock()
	c.guard.remove(c)
	c.guard.mu.Unlock()
	return c.Conn.Close()
}

// CloseWrite lets the server say that an answer is complete before it closes.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Read gives what was read ahead first.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.first) > 0 && len(p) > 0 {
		n := copy(p, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// sourceOf is the address whose connections are counted together.
func sourceOf(a net.Addr) netip.Prefix {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits)
	return p
}
