package greeting

// utterance is what somebody says from the first word on, in frames.
type utterance struct {
	span   int // from the first word to the end of the last one so far
	pause  int // of silence since
	voiced int // frames of the span that hold a voice
	run    int // of voice that goes on
}

const (
	wordLeast = 4  // frames of voice without a gap that make a word; less is a click
	clickGap  = 25 // of silence after which what was less than a word is forgotten
)

// write takes the next frame.
func (u *utterance) write(voice bool) {
	switch {
	case voice:
		u.span += u.pause + 1
		u.pause = 0
		u.voiced++
		u.run++
	case u.span > 0:
		u.pause++
		u.run = 0
		if u.voiced < wordLeast && u.pause >= clickGap {
			*u = utterance{}
		}
	}
}

// begun reports whether a word has been said.
func (u *utterance) begun() bool { return u.voiced >= wordLeast }
