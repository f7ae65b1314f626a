package mixer

import (
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
)

// trackLate is by how much a track is behind the room, in samples.
const trackLate = media.Wideband / int(time.Second/codec.Latency)

// Track brings what a tap hears of one voice to media.Wideband, whatever rate the room
// has. All of it is late by codec.Latency at any time, so that no sample is lost or
// doubled when the room changes its rate. The zero value is ready; it is for one
// goroutine at a time.
type Track struct {
	rateHz int
	up     codec.Resampler  // while the room is slower
	held   [trackLate]int16 // what is due before what comes next, when fresh or without up
	fresh  bool             // up has given nothing yet
	quiet  int              // ticks since there was sound
}

// Lay turns a tick of the room into one of the track. Without sound it is nil.
func (t *Track) Lay(dst *[media.MaxFrameSamples]int16, sound []int16, rateHz int) {
	if sound == nil {
		if t.quiet++; t.quiet > 2 && !t.fresh {
			clear(dst[:])
			return
		}
		sound = silence[:media.FrameSamples(rateHz)]
	} else {
		t.quiet = 0
	}
	if rateHz != t.rateHz {
		t.turn(sound, rateHz)
	}
	if t.up == nil {
		copy(dst[:], t.held[:])
		copy(dst[trackLate:], sound)
		copy(t.held[:], sound[media.MaxFrameSamples-trackLate:])
		return
	}
	t.up.Resample(dst[:], sound)
	if t.fresh {
		copy(dst[:], t.held[:])
		t.fresh = false
	}
}

// turn goes over to another rate with what comes next. What is still due of the old
// one is held. The filter sees the sound on the other side of the change as if it had
// been narrow: silence there would be a click.
func (t *Track) turn(sound []int16, rateHz int) {
	if t.up != nil && !t.fresh {
		next := everySecond(sound)
		t.up.Resample(t.held[:], next[:])
	}
	t.up, t.fresh, t.rateHz = nil, false, rateHz
	if rateHz != media.Wideband {
		t.up, t.fresh = codec.NewResampler(rateHz, media.Wideband), true
		last := everySecond(t.held[:])
		var known [trackLate]int16
		t.up.Resample(known[:], last[:])
	}
}

// everySecond is the beginning of a wide sound, as wide as a narrow one. What it lets
// through of the upper half lasts for a millisecond.
func everySecond(sound []int16) (narrow [trackLate / 2]int16) {
	for i := range narrow {
		narrow[i] = sound[2*i]
	}
	return narrow
}
