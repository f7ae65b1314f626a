package lab

import (
	"time"

	"strowger/internal/media"
)

const (
	// audible is the amplitude at which a sample counts as sound: 1 % of the
	// loudest. Speech has ten times that, a quiet line less.
	audible = 327
	// breath is the silence that ends a sound. Shorter ones are within speech.
	breath = 500 * time.Millisecond
)

// ear tells sound from silence.
type ear struct {
	sounding bool
	frames   int // since the stretch began
	silent   int // of those, the last ones without sound
}

// stretch is sound or silence that has ended.
type stretch struct {
	sound  bool
	length time.Duration
}

func (s stretch) String() string {
	if s.sound {
		return "heard sound for " + seconds(s.length)
	}
	return "heard silence for " + seconds(s.length)
}

// hear takes 20 ms, nil for silence, and returns the stretch that it ends, if any.
// A sound that was followed by a breath ended before it.
func (e *ear) hear(frame []int16) (ended stretch, ok bool) {
	loud := isAudible(frame)
	switch {
	case !e.sounding && loud:
		ended = e.stretch()
		*e = ear{sounding: true, frames: 1}
		return ended, ended.length > 0
	case e.sounding && !loud && e.silent+1 >= media.Frames(breath):
		e.frames, e.silent = e.frames+1, e.silent+1
		ended = e.stretch()
		*e = ear{frames: e.silent, silent: e.silent}
		return ended, true
	case loud:
		e.silent = 0
	default:
		e.silent++
	}
	e.frames++
	return stretch{}, false
}

// stretch is the present one, as far as it goes.
func (e *ear) stretch() stretch {
	n := e.frames
	if e.sounding {
		n -= e.silent
	}
	return stretch{sound: e.sounding, length: time.Duration(n) * media.FrameDuration}
}

func isAudible(frame []int16) bool {
	for _, s := range frame {
		if s > audible || s < -audible {
			return true
		}
	}
	return false
}
