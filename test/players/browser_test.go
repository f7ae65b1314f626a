package players

import (
	"math"
	"testing"

	"strowger/internal/media/soundfile"
)

// inWhole turns a page's samples into those of a file.
func inWhole(samples []float32) []int16 {
	whole := make([]int16, len(samples))
	for i, s := range samples {
		whole[i] = int16(max(math.MinInt16, min(math.MaxInt16, s*32768)))
	}
	return whole
}

func TestChromiumPlaysEveryFormat(t *testing.T) {
	format := soundfile.Format{RateHz: 16000, Channels: 2}
	const frames = 100000
	sound := [][]int16{noise(1, frames), noise(2, frames)}
	for _, k := range kinds {
		t.Run(k.codec.String(), func(t *testing.T) {
			played := Browse(t, encoded(t, k, format, interleave(sound...)), format.RateHz)
			early := 0
			if k.codec == soundfile.Opus {
				early = chromiumCutsOpus
			}
			expectPlayed(t, played, frames+k.excess, early, sound)
		})
	}
	t.Run("WAV", func(t *testing.T) {
		sound := [][]int16{noise(1, frames), noise(2, frames), noise(3, frames), noise(4, frames), noise(5, frames)}
		format := soundfile.Format{RateHz: 16000, Channels: len(sound)}
		file := create(t, "wav")
		wav, err := soundfile.NewWAV(file, format)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wav.Write(interleave(sound...)); err != nil {
			t.Fatal(err)
		}
		expectPlayed(t, Browse(t, file.Name(), format.RateHz), frames, 0, sound)
	})
}

// chromiumCutsOpus is the delay of an Opus encoder, in frames at 16 kHz. Chromium
// takes it off twice, once for what dOps says and once for the edit list, and does
// so with what ffmpeg makes too.
const chromiumCutsOpus = 104

// expectPlayed fails unless the sound was played. An element may have said that it
// has up to most frames, and decoded samples may come early.
func expectPlayed(t *testing.T, played Played, most, early int, sound [][]int16) {
	t.Helper()
	if played.Error != "" || len(played.Channels) != len(sound) {
		t.Fatalf("Chromium plays %d channels of %d: %s", len(played.Channels), len(sound), played.Error)
	}
	frames := len(sound[0])
	if said := played.Seconds * 16000; said < float64(frames-16) || said > float64(most+16) {
		t.Errorf("Chromium says %.4f s, which are %.0f frames of %d", played.Seconds, said, frames)
	}
	if math.Abs(played.Sought-0.75*played.Seconds) > 0.01 {
		t.Errorf("Chromium went to %.3f s of %.3f", played.Sought, played.Seconds)
	}
	for c := range sound {
		for _, at := range []int{1000, 50000, frames - 2000} {
			expectAt(t, inWhole(played.Channels[c]), sound[c][at:at+2000], at-early)
		}
	}
}
