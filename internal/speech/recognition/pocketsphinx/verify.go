package pocketsphinx

import (
	"math"
	"strings"
)

// A search for phrases finds one in whatever is said. So it is compared, frame by frame,
// with a search for any sounds in any order: where a phrase was said the phrase fits
// nearly as well as the best of all sounds, and where something else was said it does
// not, or sounds are left before and after it.
//
// The figures are a logistic regression, found by train/verify.py with the corpus learnt
// of this package's tests; measured is the one that `make hear` measures it with.
const (
	weightStray  = -1.153
	weightWorst  = 0.1344
	weightBeside = 0.0106
	weightNone   = 7.79
)

// pause reports whether a segment is silence or noise.
func (s Segment) pause() bool { return strings.ContainsRune("<[+", rune(s.Word[0])) || s.Word == "SIL" }

// evidence is how a phrase compares with sounds.
type evidence struct {
	// stray is how many sounds there are outside of the phrase.
	stray float64
	// worst is how much less well than sounds the word fits that fits least, and beside the
	// pauses around the words, both on the average of the frames of words.
	worst, beside float64
}

// verify is how sure it is, from 0 to 1, that a phrase was said: at least 0.5 when it is
// taken for said.
func verify(phrase, sounds Decoding) float64 {
	e, ok := compare(phrase, sounds)
	if !ok {
		return 0
	}
	odds := weightNone + weightStray*e.stray + weightWorst*e.worst + weightBeside*e.beside
	return 1 / (1 + math.Exp(-odds))
}

// compare is !ok when there is no word.
func compare(phrase, sounds Decoding) (e evidence, ok bool) {
	perFrame := sounds.perFrame()
	words, framesOfWords := Decoding{}, 0
	for _, s := range phrase {
		worse := float64(s.Score)
		for frame := s.First; frame <= s.Last && frame < len(perFrame); frame++ {
			worse -= perFrame[frame]
		}
		if s.pause() {
			e.beside += worse
			continue
		}
		words, framesOfWords = append(words, s), framesOfWords+s.frames()
		if worse /= float64(s.frames()); len(words) == 1 || worse < e.worst {
			e.worst = worse
		}
	}
	if len(words) == 0 {
		return e, false
	}
	e.beside /= float64(framesOfWords)
	for _, s := range sounds {
		if !s.pause() && !words.cover((s.First+s.Last)/2) {
			e.stray++
		}
	}
	return e, true
}

func (s Segment) frames() int { return s.Last - s.First + 1 }

// perFrame is the score of each frame, evenly over those of a segment.
func (d Decoding) perFrame() (all []float64) {
	for _, s := range d {
		for range s.frames() {
			all = append(all, float64(s.Score)/float64(s.frames()))
		}
	}
	return all
}

// cover reports whether a frame is in a segment.
func (d Decoding) cover(frame int) bool {
	for _, s := range d {
		if frame >= s.First && frame <= s.Last {
			return true
		}
	}
	return false
}
