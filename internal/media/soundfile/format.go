package soundfile

import (
	"fmt"
	"time"
)

// MaxChannels is how many channels a WAV file can have here.
const MaxChannels = 8

const (
	minRateHz = 8000
	maxRateHz = 48000

	sampleBytes = 2
)

// Format is what a file's sound consists of.
type Format struct {
	RateHz   int // 8000 to 48000
	Channels int // 1 to MaxChannels
}

// FormatError is a sound that a kind of file cannot hold.
type FormatError struct {
	Format  Format
	Problem string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("sound of %d Hz with %d channels: %s", e.Format.RateHz, e.Format.Channels, e.Problem)
}

func (f Format) problem(format string, args ...any) error {
	return &FormatError{f, fmt.Sprintf(format, args...)}
}

func (f Format) check() error {
	switch {
	case f.RateHz < minRateHz || f.RateHz > maxRateHz:
		return f.problem("the rate is not between %d and %d Hz", minRateHz, maxRateHz)
	case f.Channels < 1 || f.Channels > MaxChannels:
		return f.problem("there are not 1 to %d channels", MaxChannels)
	}
	return nil
}

// Duration is how long so many frames last.
func (f Format) Duration(frames int64) time.Duration {
	rate := int64(f.RateHz)
	return time.Duration(frames/rate)*time.Second + time.Duration(frames%rate)*time.Second/time.Duration(rate)
}

// frameBytes is the size of a sample of every channel.
func (f Format) frameBytes() int { return sampleBytes * f.Channels }

// whole panics when samples do not have every channel to the end.
func (f Format) whole(samples []int16) {
	if len(samples)%f.Channels != 0 {
		panic(fmt.Sprintf("soundfile: %d samples for %d channels", len(samples), f.Channels))
	}
}
