package ua

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transport"
)

// world is a UDP network without wires or clocks: one user agent under test and a
// far end that says exactly what a test tells it to. Everything runs in a synctest
// bubble, so that 32-second timers cost nothing.
type world struct {
	t    *testing.T
	net  *memoryNet
	ua   *UA
	far  *farEnd
	hand *scriptedHandler
	stop func()
}

var (
	uaAddr  = netip.MustParseAddrPort("10.0.0.1:5060")
	farAddr = netip.MustParseAddrPort("10.0.0.2:5060")
)

func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	inWorldOf(t, nil, test)
}

// inWorldOf is inWorld with a handler of the test's own in place of world.hand.
func inWorldOf(t *testing.T, hand Handler, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, net: &memoryNet{conns: map[netip.AddrPort]*memoryConn{}}, hand: &scriptedHandler{}}
		if hand == nil {
			hand = w.hand
		}
		w.far = &farEnd{t: t, conn: w.net.bind(farAddr), tag: "far"}
		w.run(hand)
		test(w)
		w.stop()
	})
}

// run starts the user agent, and is done when it listens.
func (w *world) run(hand Handler) {
	ctx, cancel := context.WithCancel(w.t.Context())
	w.ua = w.start(ctx)
	done := make(chan struct{})
	go func(u *UA) { defer close(done); u.Run(ctx, hand) }(w.ua)
	w.stop = func() { cancel(); <-done }
	synctest.Wait()
}

// again is a crash, and the next process with the same secret at the same address.
func (w *world) again() {
	w.stop()
	w.run(w.hand)
}

func (w *world) start(ctx context.Context) *UA {
	u, err := New(Config{
		Listen: []string{"udp://" + uaAddr.String()}, UserAgent: "test", Secret: []byte("of the installation"),
		listenUDP: func(addr string) (transport.PacketConn, error) { return w.net.bind(netip.MustParseAddrPort(addr)), nil },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := u.Listen(); err != nil {
		w.t.Fatal(err)
	}
	return u
}

// pass lets time go by, and everything that it causes happen.
func (w *world) pass(d time.Duration) {
	time.Sleep(d) // the bubble's clock
	synctest.Wait()
}

// call places a call to the far end and returns when its INVITE is there.
func (w *world) call(changes ...func(*Outgoing)) (*Session, *ears, *sip.Request) {
	w.t.Helper()
	o := newEars()
	out := w.outgoing()
	for _, change := range changes {
		change(&out)
	}
	s := w.ua.Invite(out, o)
	return s, o, w.far.request("INVITE")
}

func (w *world) outgoing() Outgoing {
	return Outgoing{
		RequestURI: "sip:bob@10.0.0.2:5060", From: Party{"Alice", "sip:alice@10.0.0.1"}, To: Party{"", "sip:bob@10.0.0.2"},
		ContactUser: "alice", SDP: []byte("v=0 offer"),
	}
}

// answered places a call that the far end answers at once.
func (w *world) answered() (*Session, *ears, *sip.Request) {
	w.t.Helper()
	s, o, invite := w.call()
	w.far.respond(invite, 200, withBody("v=0 answer"))
	w.far.request("ACK")
	o.want(w.t, "answered v=0 answer")
	return s, o, invite
}

// taken has the far end call and the session answer; the far end's ACK is in.
func (w *world) taken() (*Session, *ears, *sip.Request) {
	w.t.Helper()
	o := newEars()
	invite := w.far.invite()
	w.far.send(invite)
	synctest.Wait()
	s := w.hand.last(o)
	s.Answer([]byte("v=0 answer"), nil)
	ok := w.far.response(200)
	w.far.send(w.far.within(ok, "ACK", invite.CSeq().SeqNo))
	o.want(w.t, "answered ")
	return s, o, invite
}

type memoryNet struct {
	mu    sync.Mutex
	conns map[netip.AddrPort]*memoryConn
	drop  func(from netip.AddrPort, msg string) bool
}

type packet struct {
	from netip.AddrPort
	data []byte
}

type memoryConn struct {
	net    *memoryNet
	addr   netip.AddrPort
	in     chan packet
	closed chan struct{}
	once   sync.Once
}

func (n *memoryNet) bind(a netip.AddrPort) *memoryConn {
	c := &memoryConn{net: n, addr: a, in: make(chan packet, 4096), closed: make(chan struct{})}
	n.mu.Lock()
	n.conns[a] = c
	n.mu.Unlock()
	return c
}

func (c *memoryConn) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case p := <-c.in:
		return copy(b, p.data), p.from, nil
	case <-c.closed:
		return 0, netip.AddrPort{}, net.ErrClosed
	}
}

func (c *memoryConn) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	c.net.mu.Lock()
	dest, drop := c.net.conns[to], c.net.drop
	c.net.mu.Unlock()
	if dest != nil && (drop == nil || !drop(c.addr, string(b))) {
		dest.in <- packet{c.addr, bytes.Clone(b)}
	}
	return len(b), nil
}

func (c *memoryConn) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(c.addr) }
func (c *memoryConn) Close() error        { c.once.Do(func() { close(c.closed) }); return nil }

// farEnd is the other side of a call, by hand.
type farEnd struct {
	t    *testing.T
	conn *memoryConn
	tag  string
	n    int
}

// next is the next message that arrives within two minutes.
func (f *farEnd) next() sip.Message {
	f.t.Helper()
	select {
	case p := <-f.conn.in:
		msg, err := sip.ParseMessage(p.data)
		if err != nil {
			f.t.Fatalf("the user agent sent nonsense: %v\n%s", err, p.data)
		}
		if r, ok := msg.(*sip.Request); ok {
			r.SetSource(p.from.String())
		}
		return msg
	case <-time.After(2 * time.Minute):
		f.t.Fatal("nothing arrives at the far end")
		return nil
	}
}

func (f *farEnd) request(method string) *sip.Request {
	f.t.Helper()
	msg := f.next()
	r, ok := msg.(*sip.Request)
	if !ok || string(r.Method) != method {
		f.t.Fatalf("want %s, got\n%s", method, msg)
	}
	return r
}

func (f *farEnd) response(code int) *sip.Response {
	f.t.Helper()
	msg := f.next()
	r, ok := msg.(*sip.Response)
	if !ok || r.StatusCode != code {
		f.t.Fatalf("want %d, got\n%s", code, msg)
	}
	return r
}

// silence fails when anything has arrived.
func (f *farEnd) silence() {
	f.t.Helper()
	synctest.Wait()
	select {
	case p := <-f.conn.in:
		f.t.Fatalf("want silence, got\n%s", p.data)
	default:
	}
}

// drain throws away what has arrived and says how many messages had the start line.
func (f *farEnd) drain(start string) (n int) {
	synctest.Wait()
	for {
		select {
		case p := <-f.conn.in:
			if strings.HasPrefix(string(p.data), start) {
				n++
			}
		default:
			return n
		}
	}
}

func (f *farEnd) send(msgs ...sip.Message) {
	for _, m := range msgs {
		f.sendRaw(m.String())
	}
}

func (f *farEnd) sendRaw(s string) { f.conn.WriteToUDPAddrPort([]byte(s), uaAddr) }

type change func(sip.Message)

func withBody(sdp string) change {
	return func(m sip.Message) {
		m.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		m.SetBody([]byte(sdp))
	}
}

func withHeader(name, value string) change {
	return func(m sip.Message) { m.AppendHeader(sip.NewHeader(name, value)) }
}

func withTag(tag string) change {
	return func(m sip.Message) { m.To().Params.Add("tag", tag) }
}

func (f *farEnd) responseTo(req *sip.Request, code int, changes ...change) *sip.Response {
	res := sip.NewResponseFromRequest(req, code, StatusPhrase(code), nil)
	if code > 100 && !req.To().Params.Has("tag") {
		res.To().Params.Add("tag", f.tag)
	}
	if code > 100 && code < 300 && req.Method == sip.INVITE {
		res.AppendHeader(&sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: "bob", Host: "10.0.0.2", Port: 5060}})
	}
	for _, c := range changes {
		c(res)
	}
	return res
}

func (f *farEnd) respond(req *sip.Request, code int, changes ...change) {
	f.send(f.responseTo(req, code, changes...))
}

// invite is an INVITE of the far end.
func (f *farEnd) invite(changes ...change) *sip.Request { return f.outside("INVITE", changes...) }

func (f *farEnd) outside(method string, changes ...change) *sip.Request {
	f.n++
	raw := fmt.Sprintf("%s sip:alice@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKfar%d;rport\r\n"+
		"Max-Forwards: 70\r\nFrom: \"Bob \\\"B\\\" Far\" <sip:bob@10.0.0.2>;tag=%s\r\nTo: <sip:alice@10.0.0.1>\r\nCall-ID: far-call-%d\r\n"+
		"CSeq: 7 %s\r\nContact: <sip:bob@10.0.0.2:5060>\r\nContent-Length: 0\r\n\r\n", method, f.n, f.tag, f.n, method)
	return f.parsed(raw, changes)
}

func (f *farEnd) parsed(raw string, changes []change) *sip.Request {
	msg, err := sip.ParseMessage([]byte(raw))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range changes {
		c(msg)
	}
	return msg.(*sip.Request)
}

// within is a request of the caller's in the dialog that the user agent's response made.
func (f *farEnd) within(res *sip.Response, method string, cseq uint32, changes ...change) *sip.Request {
	return f.inDialog(res.CallID().Value(), res.From().Value(), res.To().Value(), method, cseq, changes...)
}

// asCallee is a request of the callee's in the dialog that it made by answering our INVITE.
func (f *farEnd) asCallee(invite *sip.Request, method string, cseq uint32, changes ...change) *sip.Request {
	return f.inDialog(invite.CallID().Value(), invite.To().Value()+";tag="+f.tag, invite.From().Value(), method, cseq, changes...)
}

func (f *farEnd) inDialog(callID, from, to, method string, cseq uint32, changes ...change) *sip.Request {
	f.n++
	return f.parsed(fmt.Sprintf("%s sip:alice@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKfar%d;rport\r\n"+
		"Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:bob@10.0.0.2:5060>\r\nContent-Length: 0\r\n\r\n",
		method, f.n, from, to, callID, cseq, method), changes)
}

// cancelOf takes an INVITE of the far end back.
func (f *farEnd) cancelOf(invite *sip.Request) *sip.Request {
	return f.parsed(strings.ReplaceAll(strings.ReplaceAll(invite.String(), "INVITE ", "CANCEL "), " INVITE", " CANCEL"), nil)
}

// ears are an observer that writes down what it hears.
type ears struct {
	heard  chan string
	mu     sync.Mutex
	dialog Dialog
	cause  Cause
	offer  *Offer
}

func newEars() *ears { return &ears{heard: make(chan string, 1024)} }

func (e *ears) note(d *Dialog, format string, args ...any) {
	e.mu.Lock()
	if d != nil {
		e.dialog = *d
	}
	e.mu.Unlock()
	e.heard <- fmt.Sprintf(format, args...)
}

func (e *ears) Progress(code int, sdp []byte, d Dialog) { e.note(&d, "progress %d %s", code, sdp) }
func (e *ears) Answered(sdp []byte, d Dialog)           { e.note(&d, "answered %s", sdp) }
func (e *ears) Reinvited(code int, sdp []byte, d Dialog) {
	e.note(&d, "reinvited %d %s", code, sdp)
}
func (e *ears) Offer(o *Offer) {
	e.mu.Lock()
	e.offer = o
	e.mu.Unlock()
	e.note(nil, "offer %s", o.SDP)
}
func (e *ears) Failed(c Cause) { e.last("failed", c) }
func (e *ears) Ended(c Cause)  { e.last("ended", c) }

func (e *ears) last(how string, c Cause) {
	e.mu.Lock()
	e.cause = c
	e.mu.Unlock()
	e.note(nil, "%s by %s %d", how, [...]string{"remote", "local", "cancel", "timeout", "transport"}[c.Origin], c.Code)
}

// want fails unless exactly these things are heard next.
func (e *ears) want(t *testing.T, wants ...string) {
	t.Helper()
	for _, w := range wants {
		select {
		case got := <-e.heard:
			if got != w {
				t.Fatalf("heard %q, want %q", got, w)
			}
		case <-time.After(5 * time.Minute):
			t.Fatalf("heard nothing, want %q", w)
		}
	}
}

func (e *ears) nothing(t *testing.T) {
	t.Helper()
	synctest.Wait()
	select {
	case got := <-e.heard:
		t.Fatalf("heard %q, want nothing", got)
	default:
	}
}

// scriptedHandler takes every INVITE with ears, and keeps everything else.
type scriptedHandler struct {
	mu       sync.Mutex
	ears     *ears
	session  *Session
	incoming *Incoming
	invites  int
	request  *Request
}

func (h *scriptedHandler) Invite(in *Incoming) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if in.Headers.Get("Subject") == "refuse me" {
		in.Refuse(Refusal{Code: 404, Reason: "nobody here is called that"})
		return
	}
	h.ears = newEars()
	h.session = in.Take(h)
	h.incoming = in
	h.invites++
}

func (h *scriptedHandler) Request(r *Request) {
	h.mu.Lock()
	h.request = r
	h.mu.Unlock()
	if r.Method != "REGISTER" {
		r.Respond(200, "", nil, nil)
	}
}

func (h *scriptedHandler) invited() *Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.session
}

// The handler observes until last hands the session to other ears.
func (h *scriptedHandler) to() *ears {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ears
}
func (h *scriptedHandler) Progress(c int, s []byte, d Dialog)  { h.to().Progress(c, s, d) }
func (h *scriptedHandler) Answered(s []byte, d Dialog)         { h.to().Answered(s, d) }
func (h *scriptedHandler) Offer(o *Offer)                      { h.to().Offer(o) }
func (h *scriptedHandler) Reinvited(c int, s []byte, d Dialog) { h.to().Reinvited(c, s, d) }
func (h *scriptedHandler) Failed(c Cause)                      { h.to().Failed(c) }
func (h *scriptedHandler) Ended(c Cause)                       { h.to().Ended(c) }

func (h *scriptedHandler) last(o *ears) *Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ears = o
	return h.session
}
