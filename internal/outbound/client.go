package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ClientOptions shape a client. Zero values mean: ten seconds in all, four
// connections per host, no redirects.
type ClientOptions struct {
	Timeout          time.Duration // of one request, its body included
	ConnectionsMax   int           // per host, in use and idle
	RedirectsMax     int
	ResponseTimeout  time.Duration // until the head of the answer; Timeout when 0
	IdleConnLifetime time.Duration // 30 s when 0
}

func (o ClientOptions) withDefaults() ClientOptions {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.ConnectionsMax == 0 {
		o.ConnectionsMax = 4
	}
	if o.ResponseTimeout == 0 {
		o.ResponseTimeout = o.Timeout
	}
	if o.IdleConnLifetime == 0 {
		o.IdleConnLifetime = 30 * time.Second
	}
	return o
}

// NewClient makes a client that the policy holds for. Its owner calls
// CloseIdleConnections when done.
func (p *Policy) NewClient(o ClientOptions) *http.Client {
	o = o.withDefaults()
	transport := &http.Transport{
		Proxy:                  nil,
		DialContext:            p.dialHTTP,
		ForceAttemptHTTP2:      true,
		MaxConnsPerHost:        o.ConnectionsMax,
		MaxIdleConnsPerHost:    o.ConnectionsMax,
		MaxIdleConns:           1024,
		IdleConnTimeout:        o.IdleConnLifetime,
		TLSHandshakeTimeout:    o.Timeout,
		ResponseHeaderTimeout:  o.ResponseTimeout,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &http.Client{
		Transport:     &client{transport},
		Timeout:       o.Timeout,
		CheckRedirect: o.checkRedirect,
	}
}

func (o ClientOptions) checkRedirect(next *http.Request, via []*http.Request) error {
	if o.RedirectsMax == 0 {
		return http.ErrUseLastResponse
	}
	if len(via) > o.RedirectsMax {
		return fmt.Errorf("more than %d redirects", o.RedirectsMax)
	}
	if via[len(via)-1].URL.Scheme == "https" && next.URL.Scheme != "https" {
		return errors.New("a redirect leads from https to http")
	}
	return nil
}

// client tells the dialer, which sees only host and port, whether TLS will
// follow. A connection is only ever shared by requests of one scheme.
type client struct{ *http.Transport }

func (c *client) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "http" {
		r = r.WithContext(context.WithValue(r.Context(), plainKey{}, true))
	}
	return c.Transport.RoundTrip(r)
}

type plainKey struct{}

func (p *Policy) dialHTTP(ctx context.Context, network, address string) (net.Conn, error) {
	plain, _ := ctx.Value(plainKey{}).(bool)
	return p.dial(ctx, network, address, plain)
}

// DialTLS dials for a connection that TLS will protect (wss, storage).
func (p *Policy) DialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	return p.dial(ctx, network, address, false)
}

// DialPlain dials for a connection without TLS (ws): allowed networks only.
func (p *Policy) DialPlain(ctx context.Context, network, address string) (net.Conn, error) {
	return p.dial(ctx, network, address, true)
}

// dial asks the policy about each address that the name stands for, at the
// moment before the connection is made.
func (p *Policy) dial(ctx context.Context, network, address string, plain bool) (net.Conn, error) {
	d := net.Dialer{
		Timeout: 5 * time.Second,
		ControlContext: func(_ context.Context, network, target string, _ syscall.RawConn) error {
			return p.admitTarget(network, target, plain)
		},
	}
	return d.DialContext(ctx, network, address)
}

func (p *Policy) admitTarget(network, target string, plain bool) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%s is not a network to call out on", network)
	}
	at, err := netip.ParseAddrPort(target)
	if err != nil {
		return fmt.Errorf("address %q: %w", target, err)
	}
	if plain && !p.Allows(at.Addr()) {
		return &Refused{Addr: at.Addr().Unmap(), Reason: "called without TLS"}
	}
	return p.Admit(at.Addr())
}
