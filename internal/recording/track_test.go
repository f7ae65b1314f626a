package recording

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
	var track track
	var got []int16
	rates := []int{8000, 8000, 16000, 16000, 8000, 16000, 8000, 8000}
	for tick, hz := range rates {
		var out [frame]int16
		track.lay(&out, tone(tick, hz), hz)
		got = append(got, out[:]...)
	}
	for i := late; i < len(got); i++ {
		want := toneAt(float64(i-late) / RateHz)
		if diff := math.Abs(float64(got[i]) - float64(want)); diff > 60 && i > 2*late {
			t.Errorf("sample %d (tick %d): %d, want %d", i, i/frame, got[i], want)
		}
	}
}

func TestSilenceIsLaidWithoutAFilterOnceTheLastSoundIsOut(t *testing.T) {
	for _, hz := range []int{8000, 16000} {
		var track track
		var out [frame]int16
		track.lay(&out, tone(0, hz), hz)
		track.lay(&out, nil, hz)
		if out == [frame]int16{} {
			t.Errorf("%d Hz: the end of the last sound is missing", hz)
		}
		for range 3 {
			track.lay(&out, nil, hz)
		}
		if out != [frame]int16{} {
			t.Errorf("%d Hz: silence sounds", hz)
		}
		track.lay(&out, tone(5, hz), hz)
		if out[frame-1] == 0 && out[frame-2] == 0 {
			t.Errorf("%d Hz: sound after silence is missing", hz)
		}
	}
}
