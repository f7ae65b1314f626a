package media

import "time"

// FrameDuration is the length of every frame and the period of the clock.
const FrameDuration = 20 * time.Millisecond

// Narrowband and Wideband are the rates, in Hz, at which sound moves: sources,
// sinks and rooms have one of these.
const (
	Narrowband = 8000
	Wideband   = 16000
)

// MaxFrameSamples is the length of a frame at the highest rate, for buffers
// that must fit any.
const MaxFrameSamples = Wideband / 50

// FrameSamples is how many samples a frame has at a rate.
func FrameSamples(sampleRateHz int) int { return sampleRateHz / 50 }

// Frames is how many whole frames cover d.
func Frames(d time.Duration) int {
	return int((d + FrameDuration - 1) / FrameDuration)
}

// A Source gives one frame each time it is asked.
type Source interface {
	// SampleRateHz is the rate of the frames, and any goroutine may ask. It may
	// change at any time, as when a re-INVITE agrees on another codec; a source
	// that is asked for a frame of its former rate just after that still gives
	// one.
	SampleRateHz() int
	// ReadFrame fills dst, which is as long as a frame of the source's rate, and
	// reports whether it holds anything but silence. When it returns false the
	// caller must treat the frame as silent and ignore dst.
	ReadFrame(dst []int16) (voiced bool)
}

// A Sink takes one frame each time it is given one.
type Sink interface {
	// SampleRateHz is the rate of the frames that the sink wants, as a Source
	// states its own.
	SampleRateHz() int
	// WriteFrame takes a frame of the sink's rate. It must not keep src.
	WriteFrame(src []int16)
}
