package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/meter"
)

// Flow is a way to one far end, and what a message came by.
type Flow interface {
	// Transport is "udp", "tcp" or "tls".
	Transport() string
	// Reliable says that the transport retransmits by itself.
	Reliable() bool
	// Remote is the far end, zero while it is being looked up.
	Remote() netip.AddrPort
	// Local is the address that the far end can reach us at, for Via and Contact.
	Local() netip.AddrPort
	// ReplyTo is the flow that a response to a request with this top Via takes.
	ReplyTo(via *sip.ViaHeader) Flow
	// Send never blocks. failed, which may be nil, is called at most once, from
	// any goroutine, when the message certainly did not leave.
	Send(msg []byte, failed func(error))
	// Reply sends, once and without state, the response to a request that
	// nobody vouches for. Over UDP, where the request may have come from anywhere,
	// a response that is too large, or one too many, does not leave.
	Reply(msg []byte)
	// Standing is what is known of the far end.
	Standing() Standing
	// Vouch says that somebody has proven on this flow who they are: a stream then
	// stays as long as it likes, and gives way to nobody.
	Vouch()
}

// PacketConn is what the layer needs of a *net.UDPConn.
type PacketConn interface {
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, addr netip.AddrPort) (int, error)
	LocalAddr() net.Addr
	Close() error
}

// Config is what the layer is made of. Receive must be set.
type Config struct {
	Listen     []string
	ExternalIP string
	TLS        *tls.Config
	// Admit is asked about every packet before it is parsed, and (with no packet)
	// about every connection before it is read and every message on one that they
	// opened: such a message waits until its source may send it. Nil trusts everybody.
	Admit func(src netip.AddrPort, transport string, packet []byte) Standing
	// Unheard is told of a source that Admit refuses. nil: nobody is.
	Unheard func(src netip.AddrPort, transport string)
	Receive func(msg sip.Message, from Flow)
	// Malformed is told of what came and could not be read: a *message.Fault, with
	// a request to answer or a nil message. nil: nobody is.
	Malformed func(msg sip.Message, err error, from Flow)
	// ListenUDP binds a UDP socket; tests put a network of their own here.
	ListenUDP func(addr string) (PacketConn, error)
}

const (
	// refusalKept is how long a failed TCP connection keeps large requests on UDP.
	refusalKept = 5 * time.Minute
	// readBuffer is what the kernel keeps for a UDP socket.
	readBuffer = 4 << 20
)

var errStopped = errors.New("transport is stopped")

// Counters count what was turned away.
type Counters struct {
	Refused    atomic.Uint64 // packets and connections that Admit refused
	Malformed  atomic.Uint64 // messages that could not be parsed
	Unanswered atomic.Uint64 // responses that Reply did not send
}

// Layer owns the sockets. Listen binds, Run serves.
type Layer struct {
	cfg      Config
	external netip.Addr
	own      map[netip.Addr]bool
	replied  *meter.Meter // bytes
	room     *room
	Counters Counters

	udp       []*udpSocket
	listeners []listener
	running   chan struct{} // closed when Run has begun

	mu       sync.Mutex
	ctx      context.Context // of Run; held because dials belong to it, not to their callers
	stopped  bool
	conns    map[string]*stream   // by transport and address: dialled name and real address
	refusals map[string]time.Time // host:port that did not take TCP, and when
	wg       sync.WaitGroup
}

type listener struct {
	net.Listener
	transport string
	addr      netip.AddrPort
}

// New checks the configuration and binds nothing.
func New(cfg Config) (*Layer, error) {
	l := &Layer{cfg: cfg, replied: newReplies(), room: newRoom(usualLimits), conns: map[string]*stream{}, refusals: map[string]time.Time{}, running: make(chan struct{})}
	if cfg.ExternalIP != "" {
		ip, err := netip.ParseAddr(cfg.ExternalIP)
		if err != nil {
			return nil, fmt.Errorf("external address: %w", err)
		}
		l.external = ip
	}
	if l.cfg.ListenUDP == nil {
		l.cfg.ListenUDP = listenUDP
	}
	for _, s := range cfg.Listen {
		if _, err := parseListen(s); err != nil {
			return nil, err
		}
	}
	l.own = ownAddresses(cfg.Listen, l.external)
	return l, nil
}

type listenAddr struct{ transport, hostport string }

func parseListen(s string) (listenAddr, error) {
	u, err := url.Parse(s)
	if err != nil {
		return listenAddr{}, fmt.Errorf("listen address %q: %w", s, err)
	}
	t := strings.ToLower(u.Scheme)
	if t != "udp" && t != "tcp" && t != "tls" {
		return listenAddr{}, fmt.Errorf("listen address %q: transport %q is not udp, tcp or tls", s, t)
	}
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = strconv.Itoa(DefaultPort(t))
	}
	return listenAddr{t, net.JoinHostPort(host, port)}, nil
}

// DefaultPort is the port of a transport (RFC 3261 19.1.2).
func DefaultPort(transport string) int {
	if transport == "tls" {
		return 5061
	}
	return 5060
}

// Listen binds every address, or none when one fails.
func (l *Layer) Listen() error {
	for _, s := range l.cfg.Listen {
		if err := l.listen(s); err != nil {
			l.closeListeners()
			return fmt.Errorf("listen on %s: %w", s, err)
		}
	}
	return nil
}

func (l *Layer) listen(s string) error {
	a, err := parseListen(s)
	if err != nil {
		return err
	}
	if a.transport == "udp" {
		c, err := l.cfg.ListenUDP(a.hostport)
		if err != nil {
			return err
		}
		l.udp = append(l.udp, &udpSocket{layer: l, conn: c, addr: addrPort(c.LocalAddr())})
		return nil
	}
	if a.transport == "tls" && (l.cfg.TLS == nil || (len(l.cfg.TLS.Certificates) == 0 && l.cfg.TLS.GetCertificate == nil)) {
		return errors.New("no certificate")
	}
	ln, err := net.Listen("tcp", a.hostport)
	if err != nil {
		return err
	}
	l.listeners = append(l.listeners, listener{ln, a.transport, addrPort(ln.Addr())})
	return nil
}

func listenUDP(addr string) (PacketConn, error) {
	a, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return nil, err
	}
	network := "udp"
	if a.IP.To4() != nil {
		network = "udp4"
	}
	conn, err := net.ListenUDP(network, a)
	if err != nil {
		return nil, err
	}
	// A burst of calls must find room while the reader parses; less than asked for is fine.
	conn.SetReadBuffer(readBuffer)
	return conn, nil
}

// Addr is the address of the first listener of a transport.
func (l *Layer) Addr(transport string) netip.AddrPort {
	if transport == "udp" && len(l.udp) > 0 {
		return l.udp[0].addr
	}
	for _, ln := range l.listeners {
		if ln.transport == transport {
			return ln.addr
		}
	}
	return netip.AddrPort{}
}

// Run reads the sockets until ctx is done, closes them and everything connected,
// and returns when all goroutines have ended.
func (l *Layer) Run(ctx context.Context) error {
	l.mu.Lock()
	l.ctx = ctx
	l.mu.Unlock()
	close(l.running)

	for _, s := range l.udp {
		l.spawn(func(context.Context) { s.read() })
	}
	for _, ln := range l.listeners {
		l.spawn(func(context.Context) { l.accept(ln) })
	}
	<-ctx.Done()

	l.mu.Lock()
	l.stopped = true
	all := slices.Collect(maps.Values(l.conns))
	l.mu.Unlock()
	l.closeListeners()
	for _, c := range all {
		c.close(errStopped)
	}
	l.wg.Wait()
	return nil
}

// Running is closed when Run has begun: flows can be had from then on.
func (l *Layer) Running() <-chan struct{} { return l.running }

func (l *Layer) closeListeners() {
	for _, s := range l.udp {
		s.conn.Close()
	}
	for _, ln := range l.listeners {
		ln.Close()
	}
}

// External is the configured address that replaces the sockets', invalid when
// there is none.
func (l *Layer) External() netip.Addr { return l.external }

// Owns reports whether addr is one that we are reached at.
func (l *Layer) Owns(addr netip.Addr) bool { return l.own[addr.Unmap()] }

// ownAddresses are those that we listen on, all of this machine's when we
// listen on all, and the external one.
func ownAddresses(listen []string, external netip.Addr) map[netip.Addr]bool {
	own := map[netip.Addr]bool{external.Unmap(): true}
	for _, l := range listen {
		_, hostPort, _ := strings.Cut(l, "://")
		host, _, _ := net.SplitHostPort(hostPort)
		addr, err := netip.ParseAddr(host)
		if err == nil && !addr.IsUnspecified() {
			own[addr.Unmap()] = true
			continue
		}
		interfaces, _ := net.InterfaceAddrs()
		for _, i := range interfaces {
			if prefix, err := netip.ParsePrefix(i.String()); err == nil {
				own[prefix.Addr().Unmap()] = true
			}
		}
	}
	delete(own, netip.Addr{})
	return own
}

// spawn runs f on a goroutine that Run waits for; it refuses when not running.
func (l *Layer) spawn(f func(context.Context)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil || l.stopped {
		return false
	}
	l.wg.Go(func() { f(l.ctx) })
	return true
}

func (l *Layer) admit(src netip.AddrPort, transport string, packet []byte) Standing {
	if l.cfg.Admit == nil {
		return Trusted
	}
	s := l.cfg.Admit(src, transport, packet)
	if s == Refused {
		l.Counters.Refused.Add(1)
		if l.cfg.Unheard != nil {
			l.cfg.Unheard(src, transport)
		}
	}
	return s
}

// Flow finds or opens the way to an address (host:port or host). It never blocks:
// names are looked up and connections made while the first message waits.
func (l *Layer) Flow(transport, address string) (Flow, error) {
	transport = strings.ToLower(transport)
	host, port, err := splitAddress(address, DefaultPort(transport))
	if err != nil {
		return nil, err
	}
	switch transport {
	case "udp":
		if ip, err := netip.ParseAddr(host); err == nil {
			return l.udpFlow(netip.AddrPortFrom(ip, port))
		}
		return &lookup{layer: l, host: host, port: port}, nil
	case "tcp", "tls":
		return l.stream(transport, host, port)
	}
	return nil, fmt.Errorf("transport %q is not supported", transport)
}

// Connected says whether a stream to the address is open.
func (l *Layer) Connected(transport, address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conns[streamKey(transport, address)] != nil
}

// TakesTCP is false for a while after a TCP connection to the address failed, and
// true for one that was never tried.
func (l *Layer) TakesTCP(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, failed := l.refusals[address]
	if failed && time.Since(t) > refusalKept {
		delete(l.refusals, address)
		return true
	}
	return !failed
}

func (l *Layer) rememberRefusal(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.refusals) >= 1024 { // forgetting only costs another try
		clear(l.refusals)
	}
	l.refusals[address] = time.Now()
}

// local is the address to advertise for a transport toward a far end.
// RFC 3261 18.1.1: sent-by is where we listen, also for a connection that we opened.
func (l *Layer) local(transport string, bound netip.AddrPort, remote netip.Addr) netip.AddrPort {
	a := l.Addr(transport)
	if !a.IsValid() && transport != "udp" {
		// Who does not listen there is named by where else it listens, and not by the port
		// of a connection: that is not known before it is made, and another process that
		// takes this one's place has to name itself alike (RFC 3261 17.2.3).
		a = l.Addr("udp")
	}
	if bound.IsValid() && (transport == "udp" || !a.IsValid()) {
		a = bound
	}
	ip := a.Addr()
	switch {
	case l.external.IsValid():
		ip = l.external
	case !ip.IsValid() || ip.IsUnspecified():
		ip = sourceFor(remote)
	}
	return netip.AddrPortFrom(ip, a.Port())
}

// sourceFor asks the routing table which of our addresses faces a far end. Nothing is sent.
func sourceFor(remote netip.Addr) netip.Addr {
	if remote.IsValid() {
		if c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(remote, 9))); err == nil {
			defer c.Close()
			return addrPort(c.LocalAddr()).Addr()
		}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

func splitAddress(address string, defaultPort int) (string, uint16, error) {
	host, p, err := net.SplitHostPort(address)
	if err != nil {
		host, p = strings.Trim(address, "[]"), ""
	}
	if host == "" {
		return "", 0, fmt.Errorf("address %q has no host", address)
	}
	if p == "" {
		return host, uint16(defaultPort), nil
	}
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil || port == 0 {
		return "", 0, fmt.Errorf("address %q has no valid port", address)
	}
	return host, uint16(port), nil
}

func addrPort(a net.Addr) netip.AddrPort {
	var ap netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		ap = a.AddrPort()
	case *net.TCPAddr:
		ap = a.AddrPort()
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
