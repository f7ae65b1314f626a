package rtp

import "sync/atomic"

const (
	// ringSlots bounds how far a packet may be ahead of the one being played:
	// 320 ms of 10 ms packets, more of longer ones.
	ringSlots = 32
	// maxPayload is 80 ms of G.711. Longer packets are refused as invalid.
	maxPayload = 640
)

// kind tells what a packet means to the listener.
type kind uint8

const (
	sound kind = iota
	quiet      // a telephone event or comfort noise: not lost, but not sound
)

// item is a packet waiting in the ring.
type item struct {
	epoch       uint32 // which stream of the far end it belongs to
	timestamp   uint32
	payloadType uint8
	kind        kind
	length      uint16
	payload     [maxPayload]byte
}

// A slot's state is the extended sequence number of the packet that it was
// last used for, and who may touch it.
const (
	free    = iota // nobody; the packet has been played, or there was none
	writing        // the reader goroutine
	full           // whoever is first
	reading        // the clock
)

type slot struct {
	state atomic.Uint64
	item
}

// ring carries packets from the reader goroutine to the clock, by sequence
// number. Each slot changes hands by compare-and-swap, so neither side ever
// waits for the other.
type ring struct {
	newest atomic.Uint64 // highest extended sequence number ever put
	next   atomic.Uint64 // the one to be played next; lower ones are late
	slots  [ringSlots]slot
}

// outcome is what became of a packet.
type outcome int

const (
	taken outcome = iota
	late
	duplicate
	refused // the clock is reading the slot: it is a whole ring behind
)

func state(sequence uint64, owner uint64) uint64 { return sequence<<2 | owner }

// put is for the reader goroutine. sequence never moves back by more than the
// ring over calls.
func (r *ring) put(sequence uint64, h *item, payload []byte) outcome {
	s := &r.slots[sequence%ringSlots]
	was := s.state.Load()
	switch {
	case was>>2 == sequence:
		return duplicate
	case was>>2 > sequence || sequence < r.next.Load():
		return late
	case was&3 == reading || !s.state.CompareAndSwap(was, state(sequence, writing)):
		return refused
	}
	s.epoch, s.timestamp, s.payloadType, s.kind = h.epoch, h.timestamp, h.payloadType, h.kind
	s.length = uint16(copy(s.payload[:], payload))
	s.state.Store(state(sequence, full))
	if sequence > r.newest.Load() {
		r.newest.Store(sequence)
	}
	return taken
}

// first is for the clock: it finds the oldest packet that is there, at or after
// next, and takes it. give must follow.
func (r *ring) first() (sequence uint64, it *slot) {
	newest := r.newest.Load()
	sequence = r.next.Load()
	if newest >= ringSlots && sequence <= newest-ringSlots {
		sequence = newest - ringSlots + 1 // what was older has been overwritten
	}
	for ; sequence <= newest; sequence++ {
		s := &r.slots[sequence%ringSlots]
		if s.state.CompareAndSwap(state(sequence, full), state(sequence, reading)) {
			return sequence, s
		}
	}
	return 0, nil
}

// give returns a packet taken by first, to be played later.
func (r *ring) give(sequence uint64, s *slot) { s.state.Store(state(sequence, full)) }

// done returns a packet that was played. What comes before it is late now.
func (r *ring) done(sequence uint64, s *slot) {
	s.state.Store(state(sequence, free))
	r.next.Store(sequence + 1)
}

// waiting is how many packets there may be between next and the newest.
func (r *ring) waiting() int {
	newest, next := r.newest.Load(), r.next.Load()
	if newest < next {
		return 0
	}
	return int(min(newest-next+1, ringSlots))
}

// skipTo drops what comes before a sequence number.
func (r *ring) skipTo(sequence uint64) {
	if sequence > r.next.Load() {
		r.next.Store(sequence)
	}
}
