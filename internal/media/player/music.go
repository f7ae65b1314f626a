package player

import (
	"math"
	"sync"
	"time"

	"strowger/internal/media"
)

// The hold music is a slow round of four chords, plucked as broken chords over
// their bass. It was made for this server and is nobody else's.
const (
	musicRateHz = media.Wideband
	musicBeat   = 640 * time.Millisecond
	musicVolume = 5600 // of a note's first swing, of 32,767
)

// chords are the bass and the four notes of each bar, in semitones above
// middle C (MIDI 60).
var chords = [][5]int{
	{-12, 4, 7, 11, 14}, // C
	{-15, 4, 9, 12, 16}, // A minor
	{-19, 4, 9, 12, 17}, // F
	{-17, 5, 7, 11, 14}, // G
}

// figure is the order in which the notes of a bar are plucked, two a beat.
var figure = []int{1, 2, 3, 4, 3, 2, 4, 3}

// HoldMusic is what somebody on hold hears when the application has nothing
// else: about ten seconds that begin again without a seam, at 16 kHz and about
// 20 dB below full scale, with nothing in it that a telephone line would lose.
var HoldMusic = sync.OnceValue(func() *Audio {
	beat := samplesIn(musicBeat)
	sum := make([]float64, len(chords)*4*beat)
	for bar, chord := range chords {
		at := bar * 4 * beat
		pluck(sum, at, chord[0], 0.9)
		pluck(sum, at+2*beat, chord[0], 0.6)
		for i, n := range figure {
			pluck(sum, at+i*beat/2, chord[n], 0.55)
		}
	}
	music := &Audio{RateHz: musicRateHz, Samples: make([]int16, len(sum))}
	for i, v := range sum {
		music.Samples[i] = int16(math.Round(v * musicVolume))
	}
	return music
})

func samplesIn(d time.Duration) int { return int(d * musicRateHz / time.Second) }

// pluck adds a note at a sample: a few harmonics that swell for a moment and
// die away, the higher ones sooner. What is left at the end of the music sounds
// on in its beginning, so that there is no seam.
func pluck(sum []float64, at, semitone int, gain float64) {
	hz := 261.6256 * math.Pow(2, float64(semitone)/12)
	attack := float64(samplesIn(12 * time.Millisecond))
	for i := range samplesIn(2600 * time.Millisecond) {
		swell := min(float64(i)/attack, 1)
		seconds := float64(i) / musicRateHz
		var v float64
		for harmonic, share := range []float64{1, 0.35, 0.12} {
			n := float64(harmonic + 1)
			v += share * math.Exp(-seconds*(1.6+1.4*n)) * math.Sin(2*math.Pi*n*hz*seconds)
		}
		sum[(at+i)%len(sum)] += gain * swell * v
	}
}
