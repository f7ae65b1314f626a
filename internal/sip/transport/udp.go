package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/message"
)

type udpSocket struct {
	layer *Layer
	conn  PacketConn
	addr  netip.AddrPort
}

func (s *udpSocket) read() {
	buf := make([]byte, 65535)
	for {
		n, src, err := s.conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// A far end's ICMP error shows up here and says nothing about the socket.
			if !s.pause() {
				return
			}
			continue
		}
		src = netip.AddrPortFrom(src.Addr().Unmap(), src.Port())
		standing := s.layer.admit(src, "udp", buf[:n])
		if standing == Refused {
			continue
		}
		msg, err := message.ReadDatagram(buf[:n])
		s.layer.deliver(msg, err, udpFlow{socket: s, remote: src, standing: standing, packet: n})
	}
}

// pause keeps a persistent read error from spinning; false when stopping.
func (s *udpSocket) pause() bool {
	t := time.NewTimer(10 * time.Millisecond)
	defer t.Stop()
	select {
	case <-s.layer.ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// udpFlow is a far end as one socket sees it, and what a message came by.
type udpFlow struct {
	socket   *udpSocket
	remote   netip.AddrPort
	standing Standing // of who sent the packet
	packet   int      // its size
}

func (f udpFlow) Transport() string      { return "udp" }
func (f udpFlow) Reliable() bool         { return false }
func (f udpFlow) Remote() netip.AddrPort { return f.remote }
func (f udpFlow) Local() netip.AddrPort {
	return f.socket.layer.local("udp", f.socket.addr, f.remote.Addr())
}

// ReplyTo obeys RFC 3261 18.2.2 and RFC 3581 4: to the source's address, and to its
// port when it asked for that with rport, else to the port that Via names.
func (f udpFlow) ReplyTo(via *sip.ViaHeader) Flow {
	if via == nil || via.Params.Has("rport") {
		return f
	}
	port := via.Port
	if port <= 0 || port > 65535 {
		port = 5060
	}
	f.remote = netip.AddrPortFrom(f.remote.Addr(), uint16(port))
	return f
}

func (f udpFlow) Send(msg []byte, failed func(error)) {
	if _, err := f.socket.conn.WriteToUDPAddrPort(msg, f.remote); err != nil && failed != nil {
		failed(fmt.Errorf("send to %s: %w", f.remote, err))
	}
}

func (f udpFlow) Reply(msg []byte) {
	if f.standing == Trusted || f.socket.layer.replies(f.remote.Addr(), len(msg), f.packet) {
		f.Send(msg, nil)
	}
}

// Standing implements Flow.
func (f udpFlow) Standing() Standing { return f.standing }

// Vouch implements Flow: what proves one packet says nothing of the next.
func (f udpFlow) Vouch() {}

// udpFlow picks the socket: of the far end's family, and on loopback exactly when
// the far end is, because the kernel refuses to mix them.
func (l *Layer) udpFlow(remote netip.AddrPort) (Flow, error) {
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	var best *udpSocket
	for _, s := range l.udp {
		ip := s.addr.Addr()
		if ip.Is4() != remote.Addr().Is4() && !(ip.Is6() && ip.IsUnspecified()) {
			continue
		}
		if best == nil || (best.addr.Addr().IsLoopback() != remote.Addr().IsLoopback() &&
			ip.IsLoopback() == remote.Addr().IsLoopback()) {
			best = s
		}
	}
	if best == nil {
		return nil, fmt.Errorf("no UDP socket reaches %s", remote)
	}
	return udpFlow{socket: best, remote: remote, standing: Trusted}, nil
}

// lookup is a UDP far end known by name. Its first messages wait for the resolver.
type lookup struct {
	layer *Layer
	host  string
	port  uint16

	mu      sync.Mutex
	flow    Flow
	err     error
	running bool
	waiting []outMessage
}

const maxWaiting = 64

func (f *lookup) Transport() string { return "udp" }
func (f *lookup) Reliable() bool    { return false }

func (f *lookup) found() Flow {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.flow
}

func (f *lookup) Remote() netip.AddrPort {
	if flow := f.found(); flow != nil {
		return flow.Remote()
	}
	return netip.AddrPort{}
}

func (f *lookup) Local() netip.AddrPort {
	if flow := f.found(); flow != nil {
		return flow.Local()
	}
	return f.layer.local("udp", netip.AddrPort{}, netip.Addr{})
}

func (f *lookup) ReplyTo(*sip.ViaHeader) Flow { return f }
func (f *lookup) Reply(msg []byte)            { f.Send(msg, nil) }
func (f *lookup) Vouch()                      {}
func (f *lookup) Standing() Standing          { return Trusted }

func (f *lookup) Send(msg []byte, failed func(error)) {
	f.mu.Lock()
	switch {
	case f.flow != nil:
		f.mu.Unlock()
		f.flow.Send(msg, failed)
		return
	case f.err != nil || len(f.waiting) == maxWaiting:
		err := errors.Join(f.err, fmt.Errorf("no address for %s yet", f.host))
		f.mu.Unlock()
		tell(failed, err)
		return
	}
	f.waiting = append(f.waiting, outMessage{bytes: msg, failed: failed})
	start := !f.running
	f.running = true
	f.mu.Unlock()
	if start && !f.layer.spawn(f.resolve) {
		f.settle(nil, errStopped)
	}
}

// resolve looks up addresses only: SRV and NAPTR (RFC 3263) belong here.
func (f *lookup) resolve(ctx context.Context) {
	ips, err := resolve(ctx, f.host)
	if err != nil {
		f.settle(nil, err)
		return
	}
	for _, ip := range ips {
		var flow Flow
		if flow, err = f.layer.udpFlow(netip.AddrPortFrom(ip, f.port)); err == nil {
			f.settle(flow, nil)
			return
		}
	}
	f.settle(nil, err)
}

func (f *lookup) settle(flow Flow, err error) {
	f.mu.Lock()
	f.flow, f.err = flow, err
	waiting := f.waiting
	f.waiting = nil
	f.mu.Unlock()
	for _, m := range waiting {
		if err != nil {
			tell(m.failed, err)
		} else {
			flow.Send(m.bytes, m.failed)
		}
	}
}

func resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", host, err)
	}
	if len(ips) == 0 {
		return nil, fmt.Errorf("look up %s: no address", host)
	}
	return ips, nil
}

func tell(failed func(error), err error) {
	if failed != nil {
		failed(err)
	}
}

func hostPort(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}
