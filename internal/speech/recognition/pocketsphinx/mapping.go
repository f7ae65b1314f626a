package pocketsphinx

import (
	_ "embed"
	"encoding/binary"
	"math"
	"slices"
)

// telephoneBands are those of a frame that a telephone lets through, up to about
// 3,400 Hz.
const telephoneBands = 18

// around is how many frames before and after one are looked at with it.
const around = 5

// mappingFile is the network: little-endian numbers of 32 bits, the floor of each band
// first, and of each layer the weights, a row for each input, and the biases.
// train/train.py makes it.
//
//go:embed mapping.bin
var mappingFile []byte

// band is the energy of the bands of a telephone in one frame, as natural logarithms
// against the loudness of the utterance.
type band [telephoneBands]float32

// mapping makes the cepstra of the sound at a speaker's mouth from what a telephone let
// through of it. It belongs to one goroutine.
type mapping struct {
	floor  band // what quieter sound than this is heard as
	layers [3]layer

	hidden1, hidden2, input []float32
}

// layer is one of the network's.
type layer struct{ weights, biases []float32 }

func newMapping() *mapping {
	m := &mapping{hidden1: make([]float32, 256), hidden2: make([]float32, 192), input: make([]float32, (2*around+1+2)*telephoneBands)}
	rest := mappingFile
	take := func(n int) []float32 {
		all := make([]float32, n)
		for i := range all {
			all[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:]))
		}
		rest = rest[4*n:]
		return all
	}
	copy(m.floor[:], take(telephoneBands))
	for i, size := range [...][2]int{{len(m.input), len(m.hidden1)}, {len(m.hidden1), len(m.hidden2)}, {len(m.hidden2), cepstraCount}} {
		m.layers[i] = layer{take(size[0] * size[1]), take(size[1])}
	}
	if len(rest) != 0 {
		panic("pocketsphinx: mapping.bin is of another network")
	}
	return m
}

// forward is what a layer makes of its input.
func (l *layer) forward(in, out []float32) {
	copy(out, l.biases)
	for i, x := range in {
		if x == 0 {
			continue
		}
		row := l.weights[i*len(out) : (i+1)*len(out)]
		for j, w := range row {
			out[j] += w * x
		}
	}
}

// steadyMost is how much louder the loudest moments of a sound that says nothing are than
// its quietest, at most, as a natural logarithm: about 4 dB.
const steadyMost = 1

// steady reports whether nobody speaks in what was seen: it is as loud from its beginning
// to its end.
func steady(seen []frame) bool {
	loudness := make([]float64, len(seen))
	for i := range seen {
		loudness[i] = power(seen[i][:telephoneBands])
	}
	return percentile(loudness, 0.98)-percentile(loudness, 0.1) < steadyMost
}

// cepstra are those of each frame. The input is five frames before it to five after it,
// and of the whole utterance how quiet each band becomes and how loud it is.
func (m *mapping) cepstra(seen []frame) [][cepstraCount]float32 {
	levels := m.level(seen)
	quiet, loud := extremes(levels)
	copy(m.input[(2*around+1)*telephoneBands:], quiet[:])
	copy(m.input[(2*around+2)*telephoneBands:], loud[:])
	rows := make([][cepstraCount]float32, len(levels))
	for i := range rows {
		for d := -around; d <= around; d++ {
			at := min(max(i+d, 0), len(levels)-1)
			copy(m.input[(d+around)*telephoneBands:], levels[at][:])
		}
		m.layers[0].forward(m.input, m.hidden1)
		rectify(m.hidden1)
		m.layers[1].forward(m.hidden1, m.hidden2)
		rectify(m.hidden2)
		m.layers[2].forward(m.hidden2, rows[i][:])
	}
	return rows
}

func rectify(all []float32) {
	for i := range all {
		all[i] = max(all[i], 0)
	}
}

// level is the sound against its own loudness, which is that of its loudest tenth, over
// a floor of noise.
func (m *mapping) level(seen []frame) []band {
	loudness := make([]float64, len(seen))
	for i := range seen {
		loudness[i] = power(seen[i][:telephoneBands])
	}
	top := percentile(loudness, 0.9)
	levels := make([]band, len(seen))
	for i := range seen {
		for b := range levels[i] {
			levels[i][b] = float32(logSum(seen[i][b]-top, float64(m.floor[b])))
		}
	}
	return levels
}

// extremes are how quiet each band becomes, which is its noise, and how loud it is where
// somebody speaks.
func extremes(levels []band) (quiet, loud band) {
	loudness, one := make([]float64, len(levels)), make([]float64, len(levels))
	for i := range levels {
		var wide [telephoneBands]float64
		for b, v := range levels[i] {
			wide[b] = float64(v)
		}
		loudness[i] = power(wide[:])
	}
	speech, frames := percentile(slices.Clone(loudness), 0.9)-3, float32(0)
	for i, l := range loudness {
		if l > speech {
			frames++
			for b, v := range levels[i] {
				loud[b] += v
			}
		}
	}
	for b := range loud {
		loud[b] /= frames
		for i := range levels {
			one[i] = float64(levels[i][b])
		}
		quiet[b] = float32(percentile(one, 0.1))
	}
	return quiet, loud
}

// power is the sum of energies that are logarithms.
func power(logs []float64) float64 {
	sum := 0.0
	for _, l := range logs {
		sum += math.Exp(l)
	}
	return math.Log(sum)
}

// logSum is the sum of two.
func logSum(a, b float64) float64 {
	if b > a {
		a, b = b, a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// percentile sorts values, and is that below which a share of them lies.
func percentile(values []float64, share float64) float64 {
	slices.Sort(values)
	at := share * float64(len(values)-1)
	below := int(at)
	above := min(below+1, len(values)-1)
	return values[below] + (at-float64(below))*(values[above]-values[below])
}
