package player_test

import (
	"math"
	"testing"
	"time"

	"strowger/internal/media/player"
)

// Nobody on hold should hear a click where the music begins again, a note that
// is cut off by the telephone line, or something much louder than speech.
func TestHoldMusicHasNoSeamAndIsAsLoudAsSpeech(t *testing.T) {
	music := player.HoldMusic()
	samples := music.Samples
	if d := time.Duration(len(samples)) * time.Second / time.Duration(music.RateHz); d < 8*time.Second || d > 30*time.Second {
		t.Errorf("it lasts %v", d)
	}
	steepest, sum, peak := 0, 0.0, 0
	for i := 1; i < len(samples); i++ {
		steepest = max(steepest, abs(int(samples[i])-int(samples[i-1])))
		peak = max(peak, abs(int(samples[i])))
		sum += float64(samples[i]) * float64(samples[i])
	}
	if seam := abs(int(samples[0]) - int(samples[len(samples)-1])); seam > steepest {
		t.Errorf("it jumps by %d where it begins again, and by %d at most within", seam, steepest)
	}
	if level := 20 * math.Log10(math.Sqrt(sum/float64(len(samples)))/32768); level < -30 || level > -18 {
		t.Errorf("it is %.1f dB below full scale", -level)
	}
	if peak > 16384 {
		t.Errorf("its peak is %d", peak)
	}
}

// Every second has something to hear: silence would sound like the end of the call.
func TestHoldMusicNeverFallsSilent(t *testing.T) {
	music := player.HoldMusic()
	for i := 0; i+music.RateHz/2 <= len(music.Samples); i += music.RateHz / 2 {
		loudest := 0
		for _, s := range music.Samples[i : i+music.RateHz/2] {
			loudest = max(loudest, abs(int(s)))
		}
		if loudest < 500 {
			t.Errorf("at %.1f s it is as quiet as %d", float64(i)/float64(music.RateHz), loudest)
		}
	}
}

func abs(n int) int { return max(n, -n) }
