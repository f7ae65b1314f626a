package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/message"
)

const (
	queueLength      = 256              // messages waiting for one connection
	dialTimeout      = 4 * time.Second  // so that a dead trunk fails over well before Timer B
	writeTimeout     = 10 * time.Second // a peer that stops reading loses its connection
	firstMessageTime = 30 * time.Second // a connection that says nothing is not kept
	messageTime      = 20 * time.Second // from the first byte of a message to its last
	provingTime      = 60 * time.Second // for a stranger to prove who they are
	meteringTime     = 100 * time.Millisecond
)

var (
	errQueueFull = errors.New("too many messages wait for this connection")
	errUnproven  = errors.New("nobody has proven in time who they are")
	errGaveWay   = errors.New("it had to give way to others")
	errFull      = errors.New("too many connections")
)

type outMessage struct {
	bytes  []byte
	failed func(error)
	last   bool // nothing to write: close
}

// stream is one TCP or TLS connection, made by either side. A reader and a writer
// goroutine belong to it.
type stream struct {
	layer     *Layer
	transport string
	name      string     // host that we dialled, for certificates; empty when they dialled
	source    netip.Addr // of who dialled us; invalid when we dialled
	keys      []string
	standing  Standing // the room's, as is placed
	placed    bool
	out       chan outMessage
	done      chan struct{}

	mu     sync.Mutex
	conn   net.Conn
	remote netip.AddrPort
	err    error
}

func streamKey(transport, address string) string { return transport + " " + address }

func (l *Layer) newStream(transport string, standing Standing) *stream {
	return &stream{layer: l, transport: transport, standing: standing, out: make(chan outMessage, queueLength), done: make(chan struct{})}
}

// stream finds the connection to an address or starts to make one.
func (l *Layer) stream(transport, host string, port uint16) (Flow, error) {
	key := streamKey(transport, hostPort(host, port))
	l.mu.Lock()
	if s := l.conns[key]; s != nil {
		l.mu.Unlock()
		return s, nil
	}
	if l.ctx == nil || l.stopped {
		l.mu.Unlock()
		return nil, errStopped
	}
	s := l.newStream(transport, Trusted)
	s.name = host
	s.keys = []string{key}
	if ip, err := netip.ParseAddr(host); err == nil {
		s.remote = netip.AddrPortFrom(ip, port)
	}
	l.conns[key] = s
	l.mu.Unlock()
	if !l.seat(s) {
		s.close(errFull)
		return nil, errFull
	}
	if !l.spawn(func(ctx context.Context) { s.dial(ctx, host, port) }) {
		s.close(errStopped)
	}
	return s, nil
}

func (s *stream) dial(ctx context.Context, host string, port uint16) {
	conn, err := s.connect(ctx, host, port)
	if err != nil {
		if ctx.Err() == nil && s.transport == "tcp" {
			s.layer.rememberRefusal(hostPort(host, port))
		}
		s.close(err)
		return
	}
	s.serve(conn)
}

func (s *stream) connect(ctx context.Context, host string, port uint16) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", hostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if s.transport != "tls" {
		return conn, nil
	}
	cfg := &tls.Config{}
	if s.layer.cfg.TLS != nil {
		cfg = s.layer.cfg.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = s.name
	}
	secured := tls.Client(conn, cfg)
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("TLS handshake with %s: %w", host, err)
	}
	return secured, nil
}

func (l *Layer) accept(ln listener) {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of files: the next try may find one
			select {
			case <-l.ctx.Done():
				return
			case <-time.After(50 * time.Millisecond):
			}
			continue
		}
		l.welcome(ln, conn)
	}
}

func (l *Layer) welcome(ln listener, conn net.Conn) {
	src := addrPort(conn.RemoteAddr())
	standing := l.admit(src, ln.transport, nil)
	if standing == Refused {
		conn.Close()
		return
	}
	s := l.newStream(ln.transport, standing)
	s.source = src.Addr()
	if !l.seat(s) {
		l.Counters.Refused.Add(1)
		conn.Close()
		return
	}
	if ln.transport == "tls" {
		conn = tls.Server(conn, l.cfg.TLS)
	}
	if !l.spawn(func(context.Context) { s.serve(conn) }) {
		s.close(errStopped)
		conn.Close()
	}
}

// seat finds a place for a stream, if need be that of a stranger.
func (l *Layer) seat(s *stream) bool {
	goes, ok := l.room.enter(s)
	if goes != nil {
		l.Counters.Refused.Add(1)
		goes.close(errGaveWay)
	}
	return ok
}

// serve owns an open connection: it registers it, writes from a second goroutine
// and reads until either side ends it.
func (s *stream) serve(conn net.Conn) {
	s.mu.Lock()
	if s.err != nil {
		s.mu.Unlock()
		conn.Close()
		return
	}
	s.conn, s.remote = conn, addrPort(conn.RemoteAddr())
	s.mu.Unlock()
	if !s.register(streamKey(s.transport, s.remote.String())) {
		s.close(errStopped)
		return
	}
	if !s.layer.spawn(func(context.Context) { s.write(conn) }) {
		s.close(errStopped)
		return
	}
	if !s.layer.room.isProven(s) {
		late := time.AfterFunc(provingTime, func() {
			if !s.layer.room.isProven(s) {
				s.close(errUnproven)
			}
		})
		defer late.Stop()
	}
	s.finish(s.read(conn))
}

// finish closes when everything that waits has been written: the answer to what
// broke the framing is among it.
func (s *stream) finish(err error) {
	select {
	case s.out <- outMessage{last: true}:
		<-s.done
	case <-s.done:
	default:
	}
	s.close(err)
}

func (s *stream) register(key string) bool {
	s.layer.mu.Lock()
	defer s.layer.mu.Unlock()
	if s.layer.stopped {
		return false
	}
	s.layer.conns[key] = s
	s.keys = append(s.keys, key)
	return true
}

func (s *stream) write(conn net.Conn) {
	for {
		select {
		case m := <-s.out:
			if m.last {
				s.close(net.ErrClosed)
				return
			}
			conn.SetWriteDeadline(time.Now().Add(writeTimeout))
			if _, err := conn.Write(m.bytes); err != nil {
				tell(m.failed, err)
				s.close(err)
				return
			}
		case <-s.done:
			return
		}
	}
}

func (s *stream) read(conn net.Conn) error {
	conn.SetDeadline(time.Now().Add(firstMessageTime))
	if t, ok := conn.(*tls.Conn); ok {
		if err := t.HandshakeContext(s.layer.ctx); err != nil {
			return err
		}
		conn.SetWriteDeadline(time.Time{})
	}
	var messages message.Stream
	buf := make([]byte, 4096)
	waits := false // part of a message is there
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return err
		}
		got, err := s.layer.parseStream(&messages, buf[:n], s)
		if err != nil {
			return err
		}
		switch {
		case !got.part:
			// A phone's connection stays as long as it likes; the kernel's keep-alive
			// finds out about a dead one.
			conn.SetReadDeadline(time.Time{})
		case got.whole || !waits:
			conn.SetReadDeadline(time.Now().Add(messageTime))
		}
		waits = got.part
	}
}

// await holds the reading up while its source may send nothing more, which the far
// end feels as a slow connection. It reports false when the stream is closed.
func (s *stream) await() bool {
	for s.source.IsValid() && s.layer.cfg.Admit != nil {
		if s.layer.cfg.Admit(s.Remote(), s.transport, nil) != Refused {
			break
		}
		select {
		case <-s.done:
			return false
		case <-time.After(meteringTime):
		}
	}
	return true
}

// close ends the stream once: everything that waits is told why.
func (s *stream) close(err error) {
	s.mu.Lock()
	if s.err != nil {
		s.mu.Unlock()
		return
	}
	if err == nil {
		err = net.ErrClosed
	}
	s.err = err
	conn := s.conn
	close(s.done)
	s.mu.Unlock()

	s.layer.mu.Lock()
	for _, k := range s.keys {
		if s.layer.conns[k] == s {
			delete(s.layer.conns, k)
		}
	}
	s.layer.mu.Unlock()
	s.layer.room.leave(s)
	if conn != nil {
		conn.Close()
	}
	for {
		select {
		case m := <-s.out:
			tell(m.failed, err)
		default:
			return
		}
	}
}

func (s *stream) Transport() string           { return s.transport }
func (s *stream) Reliable() bool              { return true }
func (s *stream) ReplyTo(*sip.ViaHeader) Flow { return s }
func (s *stream) Reply(msg []byte)            { s.Send(msg, nil) }
func (s *stream) Standing() Standing          { return s.layer.room.standing(s) }
func (s *stream) Vouch()                      { s.layer.room.prove(s) }

func (s *stream) Remote() netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remote
}

func (s *stream) Local() netip.AddrPort {
	s.mu.Lock()
	var bound netip.AddrPort
	if s.conn != nil {
		bound = addrPort(s.conn.LocalAddr())
	}
	remote := s.remote.Addr()
	s.mu.Unlock()
	return s.layer.local(s.transport, bound, remote)
}

func (s *stream) Send(msg []byte, failed func(error)) {
	s.mu.Lock()
	err := s.err
	if err == nil {
		select {
		case s.out <- outMessage{bytes: msg, failed: failed}:
		default:
			err = errQueueFull
		}
	}
	s.mu.Unlock()
	if err != nil {
		tell(failed, fmt.Errorf("send to %s: %w", s.Remote(), err))
	}
}
