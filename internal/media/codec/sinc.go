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

// Resample brings a whole recording from any rate to any other.
func Resample(src []int16, fromHz, toHz int) []int16 {
	if fromHz == toHz {
		return append([]int16(nil), src...)
	}
	c := NewConverter(fromHz, toHz)
	out := make([]int16, 0, c.length(len(src)))
	return c.End(c.Convert(out, src))
}

// A Converter brings a recording from any rate to any other, piece by piece, to
// the same samples as if it were one piece. It looks a little ahead, so that what
// it gives trails what it got; live streams use a Resampler.
type Converter struct {
	fromHz, toHz int
	step         float64 // of the source, for one sample made
	cut          float64 // the lower of the two bands, as a share of the source's
	reach        float64 // samples of the source on either side of a point

	window []int16 // of the source, from sample number start on
	start  int
	made   int
}

// NewConverter makes a converter for one recording.
func NewConverter(fromHz, toHz int) *Converter {
	c := &Converter{fromHz: fromHz, toHz: toHz, step: float64(fromHz) / float64(toHz)}
	c.cut = passShare * min(1, 1/c.step)
	c.reach = lobes / c.cut
	return c
}

// length is how many samples so many of the source make.
func (c *Converter) length(src int) int { return int(int64(src) * int64(c.toHz) / int64(c.fromHz)) }

// Convert takes the next piece and appends what can be made of it and those before.
func (c *Converter) Convert(dst, src []int16) []int16 {
	c.window = append(c.window, src...)
	dst = c.make(dst, func(at float64) bool { return int(at+c.reach) < c.start+len(c.window) })
	// Keep what the next point reaches back to.
	if old := int(math.Ceil(float64(c.made)*c.step-c.reach)) - c.start; old > 0 {
		old = min(old, len(c.window))
		c.window = c.window[:copy(c.window, c.window[old:])]
		c.start += old
	}
	return dst
}

// End appends the rest.
func (c *Converter) End(dst []int16) []int16 {
	all := c.length(c.start + len(c.window))
	return c.make(dst, func(float64) bool { return c.made < all })
}

func (c *Converter) make(dst []int16, can func(at float64) bool) []int16 {
	for at := float64(c.made) * c.step; can(at); at = float64(c.made) * c.step {
		dst = append(dst, c.interpolate(at))
		c.made++
	}
	return dst
}

// interpolate is the source at a point between samples. Dividing by the sum of the
// weights keeps the level right at the edges and for any rate.
func (c *Converter) interpolate(at float64) int16 {
	first := max(int(math.Ceil(at-c.reach)), c.start)
	last := min(int(at+c.reach), c.start+len(c.window)-1)
	var sum, weights float64
	for k := first; k <= last; k++ {
		w := sincAt((float64(k) - at) * c.cut)
		sum += w * float64(c.window[k-c.start])
		weights += w
	}
	if weights == 0 {
		return 0
	}
	return int16(min(max(math.Round(sum/weights), math.MinInt16), math.MaxInt16))
}
