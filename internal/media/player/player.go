package player

import (
	"sync/atomic"
	"time"
)

// Prompt is sound at a room's rate, ready to be played. It is immutable.
type Prompt struct {
	rateHz  int
	samples []int16
}

// NewPrompt makes a prompt of samples at a room's rate, which it keeps.
func NewPrompt(rateHz int, samples []int16) *Prompt {
	return &Prompt{rateHz: rateHz, samples: samples}
}

// Duration is how long the prompt lasts.
func (p *Prompt) Duration() time.Duration {
	return time.Duration(len(p.samples)) * time.Second / time.Duration(p.rateHz)
}

// RateHz is the rate of the prompt's samples.
func (p *Prompt) RateHz() int { return p.rateHz }

// Bytes is the memory that the prompt's samples take.
func (p *Prompt) Bytes() int { return 2 * len(p.samples) }

// Player is a source that plays prompts in order.
type Player struct {
	prompts []*Prompt
	loop    bool
	offset  int          // into the current prompt; the clock's
	index   atomic.Int32 // of the current prompt
}

// New makes a player of prompts, all at the room's rate. With loop it starts
// again from the first after the last, until it is stopped.
func New(prompts []*Prompt, loop bool) *Player {
	return &Player{prompts: prompts, loop: loop}
}

// Index tells which prompt is being played, or was last.
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
