package heard

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Window is the piece of sound in which a tone is looked for: with 40 ms and
// a Hann window, tones 100 Hz apart are told apart cleanly.
const Window = 40 * time.Millisecond

// Floor is the amplitude, of full scale, from which a tone counts as heard:
// -34 dBFS, far above G.711's noise and far below any tone that a phone says.
const Floor = 0.02

// Span is a stretch of time in a recording.
type Span struct{ From, To time.Duration }

// Length is how long the span lasts.
func (s Span) Length() time.Duration { return s.To - s.From }

// Tone returns the spans in which the tone was heard, joined where they touch.
func (s Sound) Tone(hz float64) []Span {
	var spans []Span
	size := int(Window * time.Duration(s.RateHz) / time.Second)
	if size == 0 {
		return nil
	}
	for at := 0; at+size <= len(s.Samples); at += size / 2 {
		if goertzel(s.Samples[at:at+size], hz, s.RateHz) < Floor {
			continue
		}
		from := time.Duration(at) * time.Second / time.Duration(s.RateHz)
		if n := len(spans); n > 0 && spans[n-1].To >= from {
			spans[n-1].To = from + Window
		} else {
			spans = append(spans, Span{From: from, To: from + Window})
		}
	}
	return spans
}

// ToneLength is for how long the tone was heard in all.
func (s Sound) ToneLength(hz float64) time.Duration {
	var total time.Duration
	for _, span := range s.Tone(hz) {
		total += span.Length()
	}
	return total
}

// Loud is for how long anything at all was heard: windows whose mean level
// is above [Floor]. It finds speech, whose tones nobody knows.
func (s Sound) Loud() time.Duration {
	size := int(Window * time.Duration(s.RateHz) / time.Second)
	if size == 0 {
		return 0
	}
	var total time.Duration
	for at := 0; at+size <= len(s.Samples); at += size {
		var sum float64
		for _, sample := range s.Samples[at : at+size] {
			v := float64(sample) / math.MaxInt16
			sum += v * v
		}
		if math.Sqrt(sum/float64(size)) >= Floor {
			total += Window
		}
	}
	return total
}

// Describe says for how long each of the tones was heard, for a failing
// test's message.
func (s Sound) Describe(tones ...float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v of sound, %v of it loud", s.Length(), s.Loud())
	for _, hz := range tones {
		fmt.Fprintf(&b, ", %v of %g Hz", s.ToneLength(hz), hz)
	}
	return b.String()
}

// goertzel measures one frequency's amplitude over Hann-windowed samples.
func goertzel(samples []int16, hz float64, rateHz int) float64 {
	n := len(samples)
	if n == 0 {
		return 0
	}
	coefficient := 2 * math.Cos(2*math.Pi*hz/float64(rateHz))
	var s1, s2, weights float64
	for i, sample := range samples {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(n))
		weights += w
		s1, s2 = w*float64(sample)/math.MaxInt16+coefficient*s1-s2, s1
	}
	power := s1*s1 + s2*s2 - coefficient*s1*s2
	return 2 * math.Sqrt(math.Max(power, 0)) / weights
}
