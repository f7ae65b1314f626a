package player

import (
	"math"
	"time"
)

// Tone is a source that never ends: one or more sines, for tests and for the
// lab's numbers.
type Tone struct {
	rateHz    int
	amplitude float64
	at        int
	hz        []float64
}

// NewTone makes a tone of the given frequencies, each of the amplitude.
func NewTone(rateHz int, amplitude float64, hz ...float64) *Tone {
	return &Tone{rateHz: rateHz, amplitude: amplitude, hz: hz}
}

// SampleRateHz is the rate of the tone's samples.
func (t *Tone) SampleRateHz() int { return t.rateHz }

// ReadFrame fills dst with the next samples.
func (t *Tone) ReadFrame(dst []int16) bool {
	for i := range dst {
		var v float64
		for _, hz := range t.hz {
			// Whole turns are taken out first, so that a long tone stays true.
			_, turn := math.Modf(hz * float64(t.at) / float64(t.rateHz))
			v += t.amplitude * math.Sin(2*math.Pi*turn)
		}
		dst[i] = int16(min(max(v, math.MinInt16), math.MaxInt16))
		t.at++
	}
	return true
}

// Audio takes the next stretch of the tone.
func (t *Tone) Audio(d time.Duration) *Audio {
	a := &Audio{RateHz: t.rateHz, Samples: make([]int16, int(d*time.Duration(t.rateHz)/time.Second))}
	t.ReadFrame(a.Samples)
	return a
}
