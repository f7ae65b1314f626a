package player

import (
	"sync/atomic"
	"time"
)

// Tape is sound on its way from one goroutine, which appends it when it has it, to
// the clock, which plays it (mixer.Player). While there is nothing on it and it has
// not ended, silence is played.
//
// Neither side ever waits for the other: how much is on the tape is for the writer
// to look at.
type Tape struct {
	rateHz   int
	appended atomic.Int64 // samples
	played   atomic.Int64 // of them
	starved  atomic.Int64 // samples of silence in their place
	ended    atomic.Bool

	last *piece // the writer's

	// The clock's.
	now    *piece
	offset int // into it
}

// piece is samples in a row. They never change.
type piece struct {
	samples []int16
	next    atomic.Pointer[piece]
}

// NewTape makes an empty tape of a rate of sources.
func NewTape(rateHz int) *Tape {
	first := &piece{}
	return &Tape{rateHz: rateHz, last: first, now: first}
}

// SampleRateHz is the rate of the samples.
func (t *Tape) SampleRateHz() int { return t.rateHz }

// Append puts samples at the end of the tape, which keeps them: they must not be
// changed any more. It is for one goroutine, like End.
func (t *Tape) Append(samples []int16) {
	if len(samples) == 0 {
		return
	}
	p := &piece{samples: samples}
	t.appended.Add(int64(len(samples)))
	t.last.next.Store(p)
	t.last = p
}

// End says that nothing more comes.
func (t *Tape) End() { t.ended.Store(true) }

// Waiting is how many samples have not been played.
func (t *Tape) Waiting() int { return int(t.appended.Load() - t.played.Load()) }

// Starved is how long there was nothing on the tape though it had begun and not
// ended.
func (t *Tape) Starved() time.Duration {
	return time.Duration(t.starved.Load()) * time.Second / time.Duration(t.rateHz)
}

// ReadFrame fills dst and reports whether there is anything left to play, or still
// to come. What is missing of a frame is silence. It belongs to the clock.
func (t *Tape) ReadFrame(dst []int16) (playing bool) {
	ended := t.ended.Load() // before the last look for samples, not after
	filled := 0
	for filled < len(dst) && t.seek() {
		n := copy(dst[filled:], t.now.samples[t.offset:])
		t.offset += n
		filled += n
	}
	clear(dst[filled:])
	t.played.Add(int64(filled))
	if !ended {
		t.starved.Add(int64(len(dst) - filled))
		return true
	}
	return filled > 0
}

// seek moves on to where there is a sample to play. It lets go of what was played.
func (t *Tape) seek() bool {
	for t.offset == len(t.now.samples) {
		next := t.now.next.Load()
		if next == nil {
			return false
		}
		t.now, t.offset = next, 0
	}
	return true
}
