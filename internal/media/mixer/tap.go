package mixer

import (
	"context"
	"io"
	"slices"
	"sync/atomic"
)

// Heard is one tick of a room, as a Tap gives it. All its sound is at one rate.
type Heard struct {
	Tick   uint64  // of the room, from 1; what is missing in between was dropped
	RateHz int     // of the samples
	Mixed  []int16 // what was said, and played to everyone; nil: silence
	Said   []Said  // what each member said who said anything; of a tap of Voices
	Played []int16 // what was played to everyone; nil: nothing; of a tap of Voices
}

// Said is what one member said in a tick.
type Said struct {
	Member  *Member
	Samples []int16
	Heard   bool // by the others: false for the muted and the isolated
	Muted   bool
}

// Tap hears a room: what is mixed, and what each member says. It holds as many
// ticks as it was made for. The clock never waits for whoever reads: when there
// is no room for a tick it is dropped and counted.
//
// One goroutine at a time may read.
type Tap struct {
	room   *Room
	every  uint64
	voices bool
	news   chan struct{} // holds a token while there may be something to read

	// A ring of what was written and is not read yet. In the places before that is
	// what was read, with memory that is used again: there is only as much as the
	// reader was ever behind.
	ticks  []*tapped
	reused uint64 // ticks read whose memory is in use again; the clock's

	written atomic.Uint64 // ticks put into the ring; the clock's
	read    atomic.Uint64 // ticks taken out of it and done with; the reader's
	dropped atomic.Uint64
	closed  atomic.Bool
	first   uint64 // the tick after the one in which the tap was made
	last    uint64 // the one in which it was closed

	lent bool // the reader has a tick that it may still look at
}

// tapped is a tick with its memory.
type tapped struct {
	Heard
	samples []int16
}

// TapConfig is what a tap is to hear, and how it is read.
type TapConfig struct {
	Ticks  int  // how many may wait to be read
	Every  int  // the reader is woken once in so many ticks; 0: in each. At most half of Ticks
	Voices bool // also what each member says and what is played, each by itself
}

// Tap hears the room from the next tick on, until Close.
func (r *Room) Tap(c TapConfig) *Tap {
	t := &Tap{room: r, every: uint64(max(c.Every, 1)), voices: c.Voices, ticks: make([]*tapped, c.Ticks), news: make(chan struct{}, 1)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taps, t.first = append(r.taps, t), r.tick+1
	return t
}

// Ticks is how many ticks there have been: a tap made now hears the one after.
func (r *Room) Ticks() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tick
}

// Read waits for the next tick. What it gives belongs to the tap again with the
// next Read. After Close it gives what is left and then io.EOF. Where a reader is
// woken once in several ticks, those that are there by then are given at once.
func (t *Tap) Read(ctx context.Context) (*Heard, error) {
	if t.lent {
		t.lent = false
		t.read.Add(1)
	}
	for {
		// In this order: nothing is written after Close.
		closed := t.closed.Load()
		if at := t.read.Load(); at < t.written.Load() {
			t.lent = true
			return &t.ticks[at%uint64(len(t.ticks))].Heard, nil
		}
		if closed {
			return nil, io.EOF
		}
		select {
		case <-t.news:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Dropped is how many ticks found no room.
func (t *Tap) Dropped() uint64 { return t.dropped.Load() }

// First is the first tick that there is for the tap, heard or not.
func (t *Tap) First() uint64 { return t.first }

// Last is the last tick that there was before Close, heard or dropped. It is known
// once Read gives io.EOF.
func (t *Tap) Last() uint64 { return t.last }

// Close ends the tap. It may be called more than once and by anyone.
func (t *Tap) Close() {
	r := t.room
	r.mu.Lock()
	if i := slices.Index(r.taps, t); i >= 0 {
		r.taps = slices.Delete(r.taps, i, i+1)
		t.last = r.tick
	}
	r.mu.Unlock()
	t.closed.Store(true)
	t.wake()
}

func (t *Tap) wake() {
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// hear copies the room's tick. It allocates only when the reader is further behind
// than ever before, or when more is said at once.
func (t *Tap) hear(r *Room) {
	written, read := t.written.Load(), t.read.Load()
	if written-read >= uint64(len(t.ticks)) {
		t.dropped.Add(1)
		return
	}
	at := written % uint64(len(t.ticks))
	if t.reused < read {
		t.ticks[at] = t.ticks[t.reused%uint64(len(t.ticks))]
		t.reused++
	} else {
		t.ticks[at] = new(tapped)
	}
	t.ticks[at].fill(r, t.voices)
	t.written.Store(written + 1)
	if (written+1)%t.every == 0 {
		t.wake()
	}
}

func (h *tapped) fill(r *Room, voices bool) {
	h.Tick, h.RateHz = r.tick, r.rateHz
	h.Mixed, h.Said, h.Played = nil, h.Said[:0], nil
	need := r.samples
	if voices {
		need *= 2 + len(r.members)
	}
	if cap(h.samples) < need {
		h.samples = make([]int16, need)
	}
	free := h.samples[:cap(h.samples)]
	keep := func(frame []int16) []int16 {
		kept := free[:copy(free, frame)]
		free = free[len(frame):]
		return kept
	}
	if r.everyone.anything {
		h.Mixed = keep(r.everyone.mixed[:r.samples])
	}
	if !voices {
		return
	}
	if r.plays {
		saturate(free[:r.samples], r.played[:r.samples])
		h.Played, free = free[:r.samples], free[r.samples:]
	}
	for _, m := range r.members {
		if m.says {
			h.Said = append(h.Said, Said{Member: m, Samples: keep(m.own), Heard: m.heard, Muted: m.muted})
		}
	}
}
