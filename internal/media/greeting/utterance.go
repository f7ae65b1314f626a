package greeting

// utterance is what somebody says from the first word on, in frames.
//
// What is loud makes its edges, and what is voiced makes it speech: a voice is known for
// one only after its first tenth of a second, and a cough is as loud as a word.
type utterance struct {
	span  int // from the first word to the end of the last one so far; 0: there was none
	pause int // since

	burst  int  // of sound that goes on, with the gaps in it
	gap    int  // since its last loud frame
	spoken bool // a voice was in the burst
}

// gapMost is how long a burst may be quiet in between: a stop within a word is shorter.
const gapMost = 5

// write takes the next frame, and reports whether it is of a word.
func (u *utterance) write(sound, voice bool) bool {
	if u.span > 0 {
		u.pause++
	}
	switch {
	case sound:
		u.burst += u.gap + 1
		u.gap = 0
		u.spoken = u.spoken || voice
	case u.burst > 0 && u.gap < gapMost:
		u.gap++
		u.spoken = u.spoken || voice
	default:
		u.burst, u.gap, u.spoken = 0, 0, false
	}
	if !u.spoken {
		return false
	}
	if u.span == 0 {
		u.span, u.pause = u.burst, u.gap
	} else if sound {
		u.span += u.pause
		u.pause = 0
	}
	return true
}

// begun reports whether a word has been said.
func (u *utterance) begun() bool { return u.span > 0 }
