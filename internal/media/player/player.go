package player

import (
	"sync/atomic"
	"time"

	"strowger/internal/media"
)

// Prompt is sound at a rate of sources, ready to be played. It is immutable.
type Prompt struct {
	rateHz  int
	samples []int16
}

// Duration is how long the prompt lasts.
func (p *Prompt) Duration() time.Duration {
	return time.Duration(len(p.samples)) * time.Second / time.Duration(p.rateHz)
}

// Bytes is the memory that the prompt's samples take.
func (p *Prompt) Bytes() int { return 2 * len(p.samples) }

// Player is a source that plays prompts in order.
type Player struct {
	prompts []*Prompt
	loop    bool
	offset  int          // into the current prompt; the clock's
	index   atomic.Int32 // of the current prompt
}

// New makes a player of prompts, all of one rate. With loop it starts again from
// the first after the last, until it is stopped.
func New(prompts []*Prompt, loop bool) *Player {
	return &Player{prompts: prompts, loop: loop}
}

// SampleRateHz is the rate of the prompts.
func (p *Player) SampleRateHz() int {
	if len(p.prompts) == 0 {
		return media.Narrowband
	}
	return p.prompts[0].rateHz
}

// Index is which prompt is being played, or was last.
func (p *Player) Index() int { return int(p.index.Load()) }

// ReadFrame fills dst and reports whether there was anything left to play. The
// last frame is filled up with silence.
func (p *Player) ReadFrame(dst []int16) bool {
	filled := 0
	for filled < len(dst) {
		if !p.seek() {
			break
		}
		n := copy(dst[filled:], p.current().samples[p.offset:])
		p.offset += n
		filled += n
	}
	clear(dst[filled:])
	return filled > 0
}

func (p *Player) current() *Prompt { return p.prompts[p.index.Load()] }

// seek moves on to where there is a sample to play. A loop over nothing but
// empty prompts ends rather than spins.
func (p *Player) seek() bool {
	for range len(p.prompts) + 1 {
		if len(p.prompts) > 0 && p.offset < len(p.current().samples) {
			return true
		}
		next := p.Index() + 1
		if next >= len(p.prompts) {
			if !p.loop {
				return false
			}
			next = 0
		}
		p.index.Store(int32(next))
		p.offset = 0
	}
	return false
}
