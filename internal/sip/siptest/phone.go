package siptest

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/ua"
)

// patience is how long a fact may take. It is no measure of anything: a test
// that waits this long has failed.
const patience = 20 * time.Second

// Phone is one SIP endpoint on loopback.
type Phone struct {
	t     testing.TB
	ua    *ua.UA
	ports *rtp.Ports
	clock *media.Clock
	calls chan *Call
	host  netip.Addr
	via   string
}

// Ports makes an allocator in a range that other tests of the package do not use.
func Ports(t testing.TB, first, last int) *rtp.Ports {
	t.Helper()
	ports, err := rtp.NewPorts(first, last)
	if err != nil {
		t.Fatal(err)
	}
	return ports
}

// NewPhone starts a phone at 127.0.0.1 that speaks SIP over "udp", "tcp" or "tls".
func NewPhone(t testing.TB, transport string, ports *rtp.Ports) *Phone {
	t.Helper()
	return NewPhoneAt(t, "127.0.0.1", transport, ports)
}

// NewPhoneAt starts a phone at another loopback address, so that it is another
// source.
func NewPhoneAt(t testing.TB, host, transport string, ports *rtp.Ports) *Phone {
	t.Helper()
	p := &Phone{
		t: t, ports: ports, clock: media.NewClock(1), calls: make(chan *Call, 16),
		host: netip.MustParseAddr(host), via: transport,
	}
	var err error
	p.ua, err = ua.New(ua.Config{Listen: []string{transport + "://" + host + ":0"}, UserAgent: "siptest", TLS: TLS(t), InDialog: inDialog, Extensions: []string{"replaces"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ua.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = p.ua.Run(ctx, p) })
	wg.Go(func() { _ = p.clock.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	return p
}

// Addr is where the phone listens.
func (p *Phone) Addr() netip.AddrPort { return p.ua.Addr(p.via) }

// URI is a user at the phone.
func (p *Phone) URI(user string) string {
	uri := fmt.Sprintf("sip:%s@%s", user, p.Addr())
	if p.via != "udp" {
		uri += ";transport=" + p.via
	}
	return uri
}

// Invite takes a call (ua.Handler).
func (p *Phone) Invite(in *ua.Incoming) {
	c := p.newCall()
	c.In = in
	c.session = in.Take(observer{c.events})
	p.calls <- c
}

// Request answers whatever comes outside of calls (ua.Handler).
func (p *Phone) Request(r *ua.Request) { r.Respond(200, "", nil, nil) }

// Called waits for the next incoming call.
func (p *Phone) Called() *Call {
	p.t.Helper()
	select {
	case c := <-p.calls:
		return c
	case <-time.After(patience):
		p.t.Fatal("the phone was not called")
		return nil
	}
}

// Call places a call. Its SDP is the phone's unless out has one.
func (p *Phone) Call(out ua.Outgoing) *Call {
	p.t.Helper()
	c := p.newCall()
	c.open()
	if out.SDP == nil {
		out.SDP = c.negotiation.Offer()
	}
	c.session = p.ua.Invite(out, observer{c.events})
	return c
}

// Ask sends a request outside of calls and waits for its response.
func (p *Phone) Ask(req ua.OutgoingRequest) ua.Response {
	p.t.Helper()
	done := make(chan ua.Response, 1)
	p.ua.Do(req, func(r ua.Response) { done <- r })
	select {
	case r := <-done:
		return r
	case <-time.After(patience):
		p.t.Fatalf("no response to %s", req.Method)
		return ua.Response{}
	}
}

// Register registers a user of a domain whose registrar is at addr.
func (p *Phone) Register(addr netip.AddrPort, domain, user, password string) ua.Response {
	p.t.Helper()
	aor := "sip:" + user + "@" + domain
	return p.Ask(ua.OutgoingRequest{
		Method: "REGISTER", RequestURI: "sip:" + domain, From: ua.Party{URI: aor}, To: ua.Party{URI: aor},
		ContactUser: user, Headers: ua.Headers{{Name: "Expires", Value: "600"}},
		Hop:         ua.Hop{Transport: p.via, Address: addr.String()},
		Credentials: ua.Credentials{Username: user, Password: password},
	})
}
