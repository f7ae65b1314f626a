package rtp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
)

// ErrNoPort is wrapped by Listen when every port of the range is in use.
var ErrNoPort = errors.New("no free RTP port")

// Ports hands out the even UDP ports of a range (RFC 3550 section 11: the odd
// one above belongs to RTCP). It starts anywhere and goes round, so that a port
// given back rests as long as possible: packets of the call before it would
// otherwise be heard in the next.
type Ports struct {
	first, last int // even, and odd

	mu    sync.Mutex
	next  int
	taken map[int]struct{}
}

// NewPorts makes an allocator of the even ports from first to last that have the odd one
// above them in the range too.
func NewPorts(first, last int) (*Ports, error) {
	even := first + first%2
	if first < 1 || last > 65535 || even >= last {
		return nil, fmt.Errorf("rtp: no even port with the odd one above it in the range %d-%d", first, last)
	}
	p := &Ports{first: even, last: last - (last+1)%2, taken: make(map[int]struct{})}
	p.next = even + 2*rand.IntN(p.Size())
	return p, nil
}

// Size is how many ports the range has to give.
func (p *Ports) Size() int { return (p.last - p.first + 1) / 2 }

// InUse is how many of them are given out.
func (p *Ports) InUse() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.taken)
}

// Listen opens sockets for plain RTP on the next free even port of ip, and for RTCP
// on the one above. Closing it gives them back. Ports that other programs hold are passed over.
func (p *Ports) Listen(ip netip.Addr) (*Symmetric, error) {
	var refused error
	for range p.Size() {
		port, ok := p.take()
		if !ok {
			break
		}
		t, err := listenPair(netip.AddrPortFrom(ip, uint16(port)), func() { p.giveBack(port) })
		if err == nil {
			return t, nil
		}
		p.giveBack(port)
		refused = err
	}
	if refused != nil {
		return nil, fmt.Errorf("rtp: %w in %d-%d: %w", ErrNoPort, p.first, p.last, refused)
	}
	return nil, fmt.Errorf("rtp: %w: all %d of %d-%d are in use", ErrNoPort, p.Size(), p.first, p.last)
}

// listenPair opens a port for RTP and the one above for RTCP. release is called when
// both are closed.
func listenPair(at netip.AddrPort, release func()) (*Symmetric, error) {
	control, err := listenBeside(at)
	if err != nil {
		return nil, err
	}
	io, err := listenUDP(at, release)
	if err != nil {
		_ = control.Close()
		return nil, err
	}
	t := NewSymmetric(io)
	t.control = newBeside(t, control)
	return t, nil
}

func (p *Ports) take() (port int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range p.Size() {
		port = p.next
		p.next += 2
		if p.next > p.last {
			p.next = p.first
		}
		if _, used := p.taken[port]; !used {
			p.taken[port] = struct{}{}
			return port, true
		}
	}
	return 0, false
}

func (p *Ports) giveBack(port int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.taken, port)
}
