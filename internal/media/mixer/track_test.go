package mixer

import (
	"math"
	"testing"

	"strowger/internal/media"
)

// toneAt is a sine of 410 Hz, which is somewhere else in each tick.
func toneAt(at float64) int16 { return int16(8000 * math.Sin(2*math.Pi*410*at)) }

// tone is a tick of it that goes on through all rates.
func tone(tick, rateHz int) []int16 {
	out := make([]int16, media.FrameSamples(rateHz))
	for i := range out {
		at := float64(tick)*media.FrameDuration.Seconds() + float64(i)/float64(rateHz)
		out[i] = toneAt(at)
	}
	return out
}

func TestATrackIsOneStreamThroughAllChangesOfTheRoomsRate(t *testing.T) {
	var track Track
	var got []int16
	rates := []int{8000, 8000, 16000, 16000, 8000, 16000, 8000, 8000}
	for tick, hz := range rates {
		var out [media.MaxFrameSamples]int16
		track.Lay(&out, tone(tick, hz), hz)
		got = append(got, out[:]...)
	}
	for i := trackLate; i < len(got); i++ {
		want := toneAt(float64(i-trackLate) / media.Wideband)
		if diff := math.Abs(float64(got[i]) - float64(want)); diff > 60 && i > 2*trackLate {
			t.Errorf("sample %d (tick %d): %d, want %d", i, i/media.MaxFrameSamples, got[i], want)
		}
	}
}

func TestSilenceIsLaidWithoutAFilterOnceTheLastSoundIsOut(t *testing.T) {
	for _, hz := range []int{8000, 16000} {
		var track Track
		var out [media.MaxFrameSamples]int16
		track.Lay(&out, tone(0, hz), hz)
		track.Lay(&out, nil, hz)
		if out == [media.MaxFrameSamples]int16{} {
			t.Errorf("%d Hz: the end of the last sound is missing", hz)
		}
		for range 3 {
			track.Lay(&out, nil, hz)
		}
		if out != [media.MaxFrameSamples]int16{} {
			t.Errorf("%d Hz: silence sounds", hz)
		}
		track.Lay(&out, tone(5, hz), hz)
		if out[media.MaxFrameSamples-1] == 0 && out[media.MaxFrameSamples-2] == 0 {
			t.Errorf("%d Hz: sound after silence is missing", hz)
		}
	}
}
