package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ClientConfig shape a client. Zero values mean: ten seconds in all, four
// connections per host, no redirects.
type ClientConfig struct {
	Timeout          time.Duration // of one request, its body included
	ConnectionsMax   int           // per host, in use and idle
	RedirectsMax     int
	ResponseTimeout  time.Duration // until the head of the answer; Timeout when 0
	IdleConnLifetime time.Duration // 30 s when 0
	WebSocket        bool          // it opens sockets, which HTTP/2 has no room for (RFC 6455)
}

func (c ClientConfig) withDefaults() ClientConfig {
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.ConnectionsMax == 0 {
		c.ConnectionsMax = 4
	}
	if c.ResponseTimeout == 0 {
		c.ResponseTimeout = c.Timeout
	}
	if c.IdleConnLifetime == 0 {
		c.IdleConnLifetime = 30 * time.Second
	}
	return c
}

// unreadMost bounds what has come of an answer and has not been read: audio is read
// no faster than it is played.
const unreadMost = 256 << 10

// NewClient makes a client that the policy holds for. Its owner calls
// CloseIdleConnections when done.
func (p *Policy) NewClient(c ClientConfig) *http.Client {
	c = c.withDefaults()
	transport := &http.Transport{
		Proxy:                  nil,
		DialContext:            p.dialHTTP,
		ForceAttemptHTTP2:      !c.WebSocket,
		TLSClientConfig:        &tls.Config{RootCAs: p.roots},
		MaxConnsPerHost:        c.ConnectionsMax,
		MaxIdleConnsPerHost:    c.ConnectionsMax,
		MaxIdleConns:           1024,
		IdleConnTimeout:        c.IdleConnLifetime,
		TLSHandshakeTimeout:    c.Timeout,
		ResponseHeaderTimeout:  c.ResponseTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		HTTP2:                  &http.HTTP2Config{MaxReceiveBufferPerStream: unreadMost},
	}
	return &http.Client{
		Transport:     &client{transport},
		Timeout:       c.Timeout,
		CheckRedirect: c.checkRedirect,
	}
}

func (c ClientConfig) checkRedirect(next *http.Request, via []*http.Request) error {
	if c.RedirectsMax == 0 {
		return http.ErrUseLastResponse
	}
	if len(via) > c.RedirectsMax {
		return fmt.Errorf("more than %d redirects", c.RedirectsMax)
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
	conn, err := d.DialContext(ctx, network, address)
	if tcp, ok := conn.(*net.TCPConn); ok {
		// Without it the kernel lets a buffer that nobody reads grow to megabytes.
		_ = tcp.SetReadBuffer(unreadMost)
	}
	return conn, err
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
