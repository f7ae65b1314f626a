package listener

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

const (
	// firstByteTime is how long a connection may take to say which of TLS and
	// plain HTTP it speaks.
	firstByteTime = 10 * time.Second
	// handshakeRecord begins every TLS connection.
	handshakeRecord = 22
	// firstPause and mostPause bound how long we wait when descriptors are out.
	firstPause = 5 * time.Millisecond
	mostPause  = time.Second
)

// Config says what a Listener takes.
type Config struct {
	Address string      // host:port
	TLS     *tls.Config // nil: plain HTTP only
	Plain   bool        // plain HTTP, also beside TLS
	Guard   *Guard
	Log     *slog.Logger
}

// Listener is one address.
type Listener struct {
	c   Config
	tcp net.Listener
}

// Listen takes the address. Nothing is accepted before Serve.
func Listen(c Config) (*Listener, error) {
	tcp, err := net.Listen("tcp", c.Address)
	if err != nil {
		return nil, err
	}
	if c.TLS != nil {
		c.TLS = c.TLS.Clone()
		c.TLS.NextProtos = []string{"h2", "http/1.1"}
	}
	return &Listener{c: c, tcp: tcp}, nil
}

// Addr is where connections are taken.
func (l *Listener) Addr() net.Addr { return l.tcp.Addr() }

// Close gives the address back. Serve ends with an error.
func (l *Listener) Close() error { return l.tcp.Close() }

// Serve hands connections to s until s is closed or shut down, or the listener
// fails; the error is s.Serve's. Every goroutine of the listener has ended then.
// It puts s.ConnContext in its service.
func (l *Listener) Serve(s *http.Server) error {
	s.ConnContext = withConn
	ctx, cancel := context.WithCancel(context.Background())
	in := &admitted{Listener: l.tcp, closed: ctx.Done(), cancel: cancel, ready: make(chan net.Conn), failed: make(chan error, 1)}
	var running sync.WaitGroup
	running.Go(func() { in.failed <- l.accept(ctx, in, &running) })
	err := s.Serve(in)
	_ = in.Close()
	running.Wait()
	return err
}

type connKey struct{}

func withConn(ctx context.Context, in net.Conn) context.Context {
	if t, ok := in.(*tls.Conn); ok {
		in = t.NetConn()
	}
	return context.WithValue(ctx, connKey{}, in)
}

// accept takes connections until the listener is closed or fails.
func (l *Listener) accept(ctx context.Context, in *admitted, running *sync.WaitGroup) error {
	pause := time.Duration(0)
	for {
		tcp, err := l.tcp.Accept()
		switch {
		case err == nil:
			pause = 0
		case !temporary(err):
			return err
		default:
			pause = min(max(2*pause, firstPause), mostPause)
			l.c.Log.Warn("a connection could not be taken", "listener", l.tcp.Addr().String(), "error", err, "next_in", pause)
			if !in.wait(pause) {
				return net.ErrClosed
			}
			continue
		}
		if c := l.c.Guard.admit(tcp); c != nil {
			running.Go(func() { l.hand(ctx, in, c) })
		}
	}
}

func temporary(err error) bool {
	for _, t := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, t) {
			return true
		}
	}
	return false
}

// hand gives a connection to the server once it is known what it speaks.
func (l *Listener) hand(ctx context.Context, in *admitted, c *conn) {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	served, err := l.speaking(c)
	if err != nil || !stop() {
		_ = c.Close()
		return
	}
	select {
	case in.ready <- served:
	case <-in.closed:
		_ = c.Close()
	}
}

// speaking looks at the first byte where that decides. TLS itself is spoken by
// the server, with its own times.
func (l *Listener) speaking(c *conn) (net.Conn, error) {
	switch {
	case l.c.TLS == nil:
		return c, nil
	case !l.c.Plain:
		return tls.Server(c, l.c.TLS), nil
	}
	var first [1]byte
	if err := c.SetReadDeadline(time.Now().Add(firstByteTime)); err != nil {
		return nil, err
	}
	if _, err := c.Conn.Read(first[:]); err != nil {
		return nil, err
	}
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		return nil, err
	}
	c.first = first[:]
	if first[0] == handshakeRecord {
		return tls.Server(c, l.c.TLS), nil
	}
	return c, nil
}

// admitted is the listener as the server sees it: what it accepts has a place,
// and has said what it speaks.
type admitted struct {
	net.Listener
	cancel context.CancelFunc
	closed <-chan struct{}
	ready  chan net.Conn
	failed chan error
}

func (a *admitted) Accept() (net.Conn, error) {
	select {
	case c := <-a.ready:
		return c, nil
	case err := <-a.failed:
		return nil, err
	case <-a.closed:
		return nil, net.ErrClosed
	}
}

func (a *admitted) Close() error {
	a.cancel()
	return a.Listener.Close()
}

func (a *admitted) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-a.closed:
		return false
	}
}
