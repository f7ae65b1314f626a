package player_test

import (
	"math"
	"testing"

	"strowger/internal/media/player"
)

// A caller knows the tone by its two frequencies and by its pause.
func TestRingbackIsTwoTonesForTwoSecondsOfEverySix(t *testing.T) {
	tone := player.Ringback()
	if n := len(tone.Samples); n != 6*tone.RateHz {
		t.Fatalf("it lasts %v", tone.Duration())
	}
	rings, pause := tone.Samples[:2*tone.RateHz], tone.Samples[2*tone.RateHz:]
	for _, hz := range []float64{440, 480} {
		if level := decibels(amplitudeAt(rings, tone.RateHz, hz)); level < -24 || level > -20 {
			t.Errorf("%.0f Hz is %.1f dB below full scale", hz, -level)
		}
	}
	for i, v := range pause {
		if v != 0 {
			t.Fatalf("sample %d of the pause is %d", i, v)
		}
	}
}

// amplitudeAt is how far a frequency swings in sound that holds whole turns of it.
func amplitudeAt(samples []int16, rateHz int, hz float64) float64 {
	var sin, cos float64
	for i, v := range samples {
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rateHz))
		sin, cos = sin+s*float64(v), cos+c*float64(v)
	}
	return 2 * math.Hypot(sin, cos) / float64(len(samples))
}

func decibels(amplitude float64) float64 { return 20 * math.Log10(amplitude/32768) }
