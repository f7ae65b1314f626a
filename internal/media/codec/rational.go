package codec

import (
	"math"
	"time"
)

// rational brings one rate to another that stands to it as small numbers do: a
// polyphase filter, which makes up samples of each down samples.
type rational struct {
	up, down int
	phases   [][]int32
	window   []int32 // the end of the frame before, and the frame
	keep     int
	next     int // where the next sample lies in the frame to come, in 1/up of a sample
}

// wideFrame is the longest frame that a rational sees, in samples: 20 ms at 24 kHz.
const wideFrame = 480

var (
	threeOfTwo = rationalPhases(16000, 3, 2)
	twoOfThree = rationalPhases(24000, 2, 3)
)

func newRational(up, down int, phases [][]int32) *rational {
	keep := len(phases[0]) - 1
	return &rational{up: up, down: down, phases: phases, keep: keep, window: make([]int32, keep+wideFrame)}
}

// rationalPhases are the taps of each phase, of a stream of a rate: phase p makes the
// point p/up after the sample in the middle of them. They reach Latency ahead and as far
// back, and sum to one, so that silence and DC pass exactly.
func rationalPhases(fromHz, up, down int) [][]int32 {
	reach := fromHz / int(time.Second/Latency)
	cut := passShare * min(1, float64(up)/float64(down)) // of the source's band
	phases := make([][]int32, up)
	for p := range phases {
		exact := make([]float64, 2*reach)
		var sum float64
		for i := range exact {
			x := float64(i-reach+1) - float64(p)/float64(up)
			exact[i] = kaiser(x/float64(reach), kaiserBeta)
			if x != 0 {
				exact[i] *= math.Sin(math.Pi*cut*x) / (math.Pi * cut * x)
			}
			sum += exact[i]
		}
		rest := int32(1 << tapBits)
		phases[p] = make([]int32, 2*reach)
		for i := range exact {
			phases[p][i] = int32(math.Round(exact[i] / sum * (1 << tapBits)))
			rest -= phases[p][i]
		}
		phases[p][reach-1] += rest
	}
	return phases
}

func (r *rational) Resample(dst, src []int16) int {
	n, made := min(len(src), wideFrame), 0
	widen(r.window[r.keep:], src[:n])
	for ; r.next < n*r.up && made < len(dst); r.next += r.down {
		taps := r.phases[r.next%r.up]
		w := r.window[r.next/r.up:][:len(taps)]
		var sum int32
		for i, tap := range taps {
			sum += tap * w[i]
		}
		dst[made] = clip(sum >> tapBits)
		made++
	}
	r.next -= n * r.up
	copy(r.window, r.window[n:n+r.keep])
	return made
}
