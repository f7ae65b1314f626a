package pocketsphinx

import (
	"math"
	"math/cmplx"

	"strowger/internal/speech/recognition"
)

// How the model's sound is looked at: sphinxbase's front end with the settings of
// en-us/feat.params.
const (
	windowSamples = 410 // 25.625 ms
	stepSamples   = 160 // 10 ms
	fftSize       = 512
	bands         = 25
	lowestHz      = 130
	highestHz     = 6800
	preEmphasis   = 0.97
	cepstraCount  = 13
	framesPerSec  = recognition.RateHz / stepSamples
	binHz         = float64(recognition.RateHz) / fftSize
)

// frame is the energy of each band in one window, as natural logarithms.
type frame [bands]float64

// filter is a triangle over bins of a spectrum, from the bin first on.
type filter struct {
	first  int
	weight []float64
}

// tables are what does not depend on the sound.
var tables struct {
	window   [windowSamples]float64 // Hamming's
	twiddle  [fftSize / 4]complex128
	untangle [fftSize/2 + 1]complex128
	reversed [fftSize / 2]int
	filters  [bands]filter
}

func init() {
	for i := range tables.window {
		tables.window[i] = 0.54 - 0.46*math.Cos(2*math.Pi*float64(i)/(windowSamples-1))
	}
	for i := range tables.twiddle {
		tables.twiddle[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/(fftSize/2))
	}
	for i := range tables.untangle {
		tables.untangle[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/fftSize)
	}
	for i := range tables.reversed {
		for bit := 1; bit < fftSize/2; bit <<= 1 {
			tables.reversed[i] <<= 1
			if i&bit != 0 {
				tables.reversed[i] |= 1
			}
		}
	}
	tables.filters = melFilters()
}

// melFilters are triangles of one area each, evenly spaced on the scale of mels, with
// their corners on bins.
func melFilters() (filters [bands]filter) {
	mel := func(hz float64) float64 { return 2595 * math.Log10(1+hz/700) }
	var corner [bands + 2]float64
	for i := range corner {
		at := mel(lowestHz) + float64(i)*(mel(highestHz)-mel(lowestHz))/(bands+1)
		corner[i] = math.Floor(700*(math.Pow(10, at/2595)-1)/binHz+0.5) * binHz
	}
	for i := range filters {
		left, centre, right := corner[i], corner[i+1], corner[i+2]
		f := filter{first: int(math.Round(left / binHz))}
		for hz := left; hz <= right; hz += binHz {
			height := min((hz-left)/(centre-left), (right-hz)/(right-centre))
			f.weight = append(f.weight, 2*max(height, 0)/(right-left))
		}
		filters[i] = f
	}
	return filters
}

// logMel looks at samples at recognition.RateHz. What is less than a window is nothing.
func logMel(samples []int16) []frame {
	if len(samples) < windowSamples {
		return nil
	}
	frames := make([]frame, 1+(len(samples)-windowSamples)/stepSamples)
	var s scratch
	for i := range frames {
		s.look(samples, i*stepSamples, &frames[i])
	}
	return frames
}

// scratch is where one window is worked on.
type scratch struct {
	samples  [fftSize]float64 // those after the window stay 0
	bins     [fftSize / 2]complex128
	spectrum [fftSize/2 + 1]float64 // of power
}

// look looks at the window that begins at a sample.
func (s *scratch) look(samples []int16, at int, out *frame) {
	// The very first sample has none before it, and stays as it is.
	before := 0.0
	if at > 0 {
		before = preEmphasis * float64(samples[at-1])
	}
	for i, sample := range samples[at : at+windowSamples] {
		value := float64(sample)
		s.samples[i] = (value - before) * tables.window[i]
		before = preEmphasis * value
	}
	s.transform()
	for i, f := range tables.filters {
		energy := 0.0
		for j, weight := range f.weight {
			energy += weight * s.spectrum[f.first+j]
		}
		out[i] = math.Log(energy + 1e-5)
	}
}

// transform makes the spectrum: a transform of half the size over pairs of samples as
// complex numbers, and what belongs to the even and the odd ones told apart after it.
func (s *scratch) transform() {
	const half = fftSize / 2
	for i, from := range tables.reversed {
		s.bins[i] = complex(s.samples[2*from], s.samples[2*from+1])
	}
	for size := 2; size <= half; size *= 2 {
		for start := 0; start < half; start += size {
			for i := range size / 2 {
				a, b := start+i, start+i+size/2
				turned := s.bins[b] * tables.twiddle[i*(half/size)]
				s.bins[a], s.bins[b] = s.bins[a]+turned, s.bins[a]-turned
			}
		}
	}
	for i := range s.spectrum {
		here, mirror := s.bins[i%half], cmplx.Conj(s.bins[(half-i)%half])
		even, odd := (here+mirror)*0.5, (here-mirror)*complex(0, -0.5)
		bin := even + odd*tables.untangle[i]
		s.spectrum[i] = real(bin)*real(bin) + imag(bin)*imag(bin)
	}
}

// features are the cepstra that the model hears, a row for each 10 ms: as of a sound
// that came through no telephone, less what they are in the middle of the utterance. Where nobody speaks there are none.
func features(samples []int16) [][cepstraCount]float32 {
	seen := logMel(samples)
	if len(seen) == 0 || steady(seen) {
		return nil
	}
	rows := newMapping().cepstra(seen)
	var mean [cepstraCount]float32
	for _, row := range rows {
		for i, v := range row {
			mean[i] += v / float32(len(rows))
		}
	}
	for r := range rows {
		for i := range mean {
			rows[r][i] -= mean[i]
		}
	}
	return rows
}
