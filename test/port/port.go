package port

import (
	"fmt"
	"net"
	"os"
	"sync"
)

const (
	lowest  = 10000
	highest = 32000
)

var (
	mu   sync.Mutex
	next = lowest + (os.Getpid()*331)%(highest-lowest-1000)
)

// Free returns one port.
func Free() int { return Range(1) }

// Range returns the first of n consecutive ports. The first one is even, as
// RTP wants it (RFC 3550 section 11).
func Range(n int) int {
	mu.Lock()
	defer mu.Unlock()
	for range 2000 {
		first := next + next%2
		if first+n > highest {
			first = lowest
		}
		next = first + n
		if allFree(first, n) {
			return first
		}
	}
	panic(fmt.Sprintf("port: no %d free loopback ports in a row", n))
}

func allFree(first, n int) bool {
	for p := first; p < first+n; p++ {
		if !isFree(p) {
			return false
		}
	}
	return true
}

func isFree(p int) bool {
	address := fmt.Sprintf("127.0.0.1:%d", p)
	u, err := net.ListenPacket("udp", address)
	if err != nil {
		return false
	}
	defer u.Close()
	l, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	return l.Close() == nil
}
