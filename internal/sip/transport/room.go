package transport

import (
	"net/netip"
	"slices"
	"sync"

	"strowger/internal/meter"
)

// limits bound how many streams are open, of both directions.
type limits struct {
	all int // streams
	// kept of them are for the trusted and for those that we open ourselves.
	kept int
	// strangers of them at most have proven nothing, strangersEach in a network (a
	// /24 or /64). Whoever of those came first gives way to who comes last.
	strangers, strangersEach int
	// knownEach is for one address where somebody has proven who they are.
	knownEach int
}

var usualLimits = limits{all: 8192, kept: 1024, strangers: 2048, strangersEach: 64, knownEach: 1024}

// room knows who has a stream. Those who have proven something, and those who are
// trusted, are never closed to make room; strangers are.
type room struct {
	limits

	mu       sync.Mutex
	taken    int
	unproven int
	networks map[netip.Prefix][]*stream // of strangers, who came first is first
	known    map[netip.Prefix]int       // streams, by host
}

func newRoom(l limits) *room {
	return &room{limits: l, networks: map[netip.Prefix][]*stream{}, known: map[netip.Prefix]int{}}
}

// enter takes a place for a stream. The stranger that has to go for it, if any, has
// lost its place already and is the caller's to close.
func (r *room) enter(s *stream) (goes *stream, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	most := r.all
	switch s.standing {
	case Stranger:
		most -= r.kept
		if of := r.networks[meter.Network(s.source)]; len(of) >= r.strangersEach {
			goes = of[0]
		} else if r.unproven >= r.strangers {
			goes = r.longest()
		}
	case Known:
		most -= r.kept
		if r.known[meter.Host(s.source)] >= r.knownEach {
			return nil, false
		}
	}
	if goes == nil && r.taken >= most {
		if goes = r.longest(); goes == nil {
			return nil, false
		}
	}
	if goes != nil {
		r.drop(goes)
	}
	r.put(s)
	return goes, true
}

// longest is the stranger that has been there longest, of the network that has
// the most.
func (r *room) longest() *stream {
	var crowd []*stream
	for _, of := range r.networks {
		if len(of) > len(crowd) {
			crowd = of
		}
	}
	if len(crowd) == 0 {
		return nil
	}
	return crowd[0]
}

// prove makes a known stream of a stranger's.
func (r *room) prove(s *stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.placed && s.standing == Stranger {
		r.drop(s)
		s.standing = Known
		r.put(s)
	}
}

// leave gives a place back.
func (r *room) leave(s *stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.placed {
		r.drop(s)
	}
}

func (r *room) put(s *stream) {
	s.placed = true
	r.taken++
	switch s.standing {
	case Stranger:
		n := meter.Network(s.source)
		r.networks[n] = append(r.networks[n], s)
		r.unproven++
	case Known:
		r.known[meter.Host(s.source)]++
	}
}

func (r *room) drop(s *stream) {
	s.placed = false
	r.taken--
	switch s.standing {
	case Stranger:
		n := meter.Network(s.source)
		r.unproven--
		r.networks[n] = slices.DeleteFunc(r.networks[n], func(o *stream) bool { return o == s })
		if len(r.networks[n]) == 0 {
			delete(r.networks, n)
		}
	case Known:
		h := meter.Host(s.source)
		if r.known[h]--; r.known[h] == 0 {
			delete(r.known, h)
		}
	}
}

// isProven reports whether a stream has more than a stranger's standing.
func (r *room) isProven(s *stream) bool { return r.standing(s) > Stranger }

func (r *room) standing(s *stream) Standing {
	r.mu.Lock()
	defer r.mu.Unlock()
	return s.standing
}
