package player

import (
	"time"

	"strowger/internal/media/codec"
)

// Audio is a file's sound, mixed to mono, at the file's own rate.
type Audio struct {
	RateHz  int
	Samples []int16
}

// Duration is how long the sound lasts.
func (a *Audio) Duration() time.Duration {
	return time.Duration(len(a.Samples)) * time.Second / time.Duration(a.RateHz)
}

// Bytes is the memory that the samples take.
func (a *Audio) Bytes() int { return 2 * len(a.Samples) }

// Prompt brings the sound to a rate of sources. At its own rate it shares its
// samples with the prompt.
func (a *Audio) Prompt(rateHz int) *Prompt {
	if a.RateHz == rateHz {
		return &Prompt{rateHz: rateHz, samples: a.Samples}
	}
	return &Prompt{rateHz: rateHz, samples: codec.Resample(a.Samples, a.RateHz, rateHz)}
}

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

// Samples are the prompt's own; nobody may change them.
func (p *Prompt) Samples() []int16 { return p.samples }

// Tape is the prompt on a tape of its own.
func (p *Prompt) Tape() *Tape {
	t := NewTape(p.rateHz)
	t.Append(p.samples)
	t.End()
	return t
}
