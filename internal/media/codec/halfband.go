package codec

import (
	"fmt"
	"math"
	"time"
)

// Latency is by how much every Resampler delays its stream. It is a whole
// number of samples at each rate.
const Latency = time.Millisecond

// A Resampler changes the rate of one stream, frame by frame. It keeps the end
// of each frame for the next, so a stream has its own.
type Resampler interface {
	// Resample fills dst from src and returns how many samples it wrote. src
	// is at most 20 ms.
	Resample(dst, src []int16) int
}

// NewResampler makes a resampler between 8 and 16 kHz, or between 16 and 24 kHz.
// There is none between equal rates, nor for others: streams have no others, and files
// go through Resample.
func NewResampler(fromHz, toHz int) Resampler {
	switch {
	case fromHz == 8000 && toHz == 16000:
		return &doubler{}
	case fromHz == 16000 && toHz == 8000:
		return &halver{}
	case fromHz == 16000 && toHz == 24000:
		return newRational(3, 2, threeOfTwo)
	case fromHz == 24000 && toHz == 16000:
		return newRational(2, 3, twoOfThree)
	}
	panic(fmt.Sprintf("codec: no resampler from %d to %d Hz", fromHz, toHz))
}

const (
	// pairs of taps on either side of the centre. 31 taps pass 3.3 kHz and
	// stop 4.7 kHz by 45 dB, which is what a telephone band needs. In a
	// half-band filter every other tap is zero, and the rest are symmetric.
	pairs = 8
	// tapBits scales the taps so that no sum of 16-bit products overflows 32.
	tapBits = 14

	kaiserBeta = 4.3
)

// taps interpolate halfway between samples: taps[i] weighs the two samples
// that lie i+½ away. Both sides together sum to one.
var taps = halfbandTaps()

func halfbandTaps() (t [pairs]int32) {
	var exact [pairs]float64
	var sum float64
	for i := range exact {
		k := float64(2*i + 1)
		exact[i] = math.Sin(math.Pi*k/2) / k * kaiser(k/(2*pairs), kaiserBeta)
		sum += 2 * exact[i]
	}
	rest := int32(1 << (tapBits - 1))
	for i := len(t) - 1; i > 0; i-- {
		t[i] = int32(math.Round(exact[i] / sum * (1 << tapBits)))
		rest -= t[i]
	}
	t[0] = rest // so that silence and DC pass exactly
	return t
}

// maxFrame is the longest frame that a resampler sees: 20 ms at 16 kHz.
const maxFrame = 320

// doubler brings 8 kHz to 16 kHz: it passes each sample on, Latency later, and
// adds the point halfway to the next.
type doubler struct {
	window [2*pairs - 1 + maxFrame]int32
}

func (d *doubler) Resample(dst, src []int16) int {
	n := min(len(src), maxFrame, len(dst)/2)
	keep := len(d.window) - maxFrame
	taps := &taps
	widen(d.window[keep:], src[:n])
	for i := range n {
		// Written out, because the compiler does not unroll: the loop over
		// pairs takes half as long again.
		w := (*[2 * pairs]int32)(d.window[i:])
		sum := taps[0]*(w[7]+w[8]) + taps[1]*(w[6]+w[9]) +
			taps[2]*(w[5]+w[10]) + taps[3]*(w[4]+w[11]) +
			taps[4]*(w[3]+w[12]) + taps[5]*(w[2]+w[13]) +
			taps[6]*(w[1]+w[14]) + taps[7]*(w[0]+w[15])
		dst[2*i] = int16(w[pairs-1])
		dst[2*i+1] = clip(sum >> tapBits)
	}
	copy(d.window[:keep], d.window[n:n+keep])
	return 2 * n
}

// halver brings 16 kHz to 8 kHz. Its filter would do with one sample less in
// the window; then its delay would fall between two samples of its output.
type halver struct {
	window [4*pairs - 1 + maxFrame]int32
}

func (h *halver) Resample(dst, src []int16) int {
	n := min(len(src), maxFrame, 2*len(dst)) &^ 1
	keep := len(h.window) - maxFrame
	taps := &taps
	widen(h.window[keep:], src[:n])
	for i := 0; i < n; i += 2 {
		w := (*[4*pairs - 1]int32)(h.window[i:])
		sides := taps[0]*(w[14]+w[16]) + taps[1]*(w[12]+w[18]) +
			taps[2]*(w[10]+w[20]) + taps[3]*(w[8]+w[22]) +
			taps[4]*(w[6]+w[24]) + taps[5]*(w[4]+w[26]) +
			taps[6]*(w[2]+w[28]) + taps[7]*(w[0]+w[30])
		dst[i/2] = clip((w[15]<<(tapBits-1) + sides>>1) >> tapBits)
	}
	copy(h.window[:keep], h.window[n:n+keep])
	return n / 2
}

func widen(dst []int32, src []int16) {
	dst = dst[:len(src)]
	for i, s := range src {
		dst[i] = int32(s)
	}
}

func clip(v int32) int16 {
	return int16(min(max(v, math.MinInt16), math.MaxInt16))
}

// kaiser is the Kaiser window at x in -1…1.
func kaiser(x, beta float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return bessel(beta*math.Sqrt(1-x*x)) / bessel(beta)
}

// bessel is the modified Bessel function of the first kind and order zero.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= (x / (2 * k)) * (x / (2 * k))
		sum += term
	}
	return sum
}
