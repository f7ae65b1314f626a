package media

import "time"

// FrameDuration is the length of every frame and the period of the clock.
const FrameDuration = 20 * time.Millisecond

// Narrowband and Wideband are the two rates at which rooms mix.
const (
	Narrowband = 8000
	Wideband   = 16000
)

// MaxFrameSamples is the length of a frame at the highest room rate, for
// buffers that must fit either.
const MaxFrameSamples = Wideband / 50

// FrameSamples tells how many samples a frame has at a rate.
func FrameSamples(sampleRateHz int) int { return sampleRateHz / 50 }

// Frames tells how many whole frames cover d.
func Frames(d time.Duration) int {
	return int((d + FrameDuration - 1) / FrameDuration)
}

// A Source gives one frame each time it is asked. Frame lengths tell the rate.
type Source interface {
	// ReadFrame fills dst and reports whether it holds anything but silence.
	// When it returns false the caller must treat the frame as silent and
	// ignore dst.
	ReadFrame(dst []int16) (voiced bool)
}

// A Sink takes one frame each time it is given one. It must not keep src.
type Sink interface {
	WriteFrame(src []int16)
}
