package codec

import "math"

const (
	// lobes on either side of the windowed sinc, and how finely it is tabled.
	lobes     = 16
	fineness  = 512
	sincBeta  = 8.0
	passShare = 0.93 // of the lower rate's band, to leave room for the slope
)

// sinc is one side of the windowed sinc, with a point to interpolate towards.
var sinc = sincTable()

func sincTable() (t [lobes*fineness + 2]float64) {
	for i := range t {
		x := float64(i) / fineness
		t[i] = kaiser(x/lobes, sincBeta)
		if x > 0 {
			t[i] *= math.Sin(math.Pi*x) / (math.Pi * x)
		}
	}
	return t
}

func sincAt(x float64) float64 {
	x = math.Abs(x) * fineness
	i := int(x)
	if i >= lobes*fineness {
		return 0
	}
	return sinc[i] + (sinc[i+1]-sinc[i])*(x-float64(i))
}

// Resample brings a whole recording from any rate to any other. It is for
// files, once each; streams use a Resampler.
func Resample(src []int16, fromHz, toHz int) []int16 {
	if fromHz == toHz {
		return append([]int16(nil), src...)
	}
	out := make([]int16, int64(len(src))*int64(toHz)/int64(fromHz))
	step := float64(fromHz) / float64(toHz)
	// The filter cuts at the lower of the two bands.
	cut := passShare * min(1, 1/step)
	reach := lobes / cut
	for i := range out {
		out[i] = interpolate(src, float64(i)*step, cut, reach)
	}
	return out
}

// interpolate is src at a point between samples. Dividing by the sum of the
// weights keeps the level right at the edges and for any rate.
func interpolate(src []int16, at, cut, reach float64) int16 {
	first := max(int(math.Ceil(at-reach)), 0)
	last := min(int(at+reach), len(src)-1)
	var sum, weights float64
	for k := first; k <= last; k++ {
		w := sincAt((float64(k) - at) * cut)
		sum += w * float64(src[k])
		weights += w
	}
	if weights == 0 {
		return 0
	}
	return int16(min(max(math.Round(sum/weights), math.MinInt16), math.MaxInt16))
}
