package recognitiontest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/speech"
	"strowger/internal/speech/recognition"
)

// Calls are made: speech by the synthesisers of this machine, noise by arithmetic, and a
// telephone by G.711. There is no person in them.

// Speaker is a voice of a synthesiser's, and how it speaks.
type Speaker struct {
	Name   string
	Engine speech.Engine
	speech.Voice
	speech.Manner
}

var (
	flite  = speech.NewFlite()
	espeak = speech.NewESpeak()
)

// OfFlite is a voice of Flite's, such as slt, at a rate and a pitch relative to its own.
func OfFlite(name string, rate, pitch float64) Speaker {
	return Speaker{fmt.Sprintf("flite %s %.2f", name, rate), flite, speech.Voice{Language: "en-US", Name: name}, speech.Manner{Rate: rate, Pitch: pitch}}
}

// OfESpeak is a voice of eSpeak NG's.
func OfESpeak(language string, gender speech.Gender, rate, pitch float64) Speaker {
	return Speaker{fmt.Sprintf("espeak %s %s %.2f", language, gender, rate), espeak, speech.Voice{Language: language, Gender: gender}, speech.Manner{Rate: rate, Pitch: pitch}}
}

// Noise is what lies behind a voice.
type Noise struct {
	Name string
	DB   float64 // below the voice; 0: nothing
	Low  float64 // how much of it stays from one sample to the next: 0 is white
}

// Call is what arrives at recognition.RateHz of what a voice says on a telephone: a
// little before and after it too, as package recognition has it.
func Call(t testing.TB, by Speaker, words string, behind Noise) []int16 {
	t.Helper()
	sound, err := by.Engine.Say(context.Background(), speech.Line{Text: words, Voice: by.Voice, Manner: by.Manner})
	if err != nil {
		t.Fatal(by.Name, ": ", err)
	}
	const rateHz = media.Narrowband
	said := trimmed(codec.Resample(sound.Samples, sound.RateHz, rateHz))
	dice := rand.New(rand.NewPCG(uint64(len(said)), uint64(len(words))))
	line := make([]float64, len(said)+rateHz*8/10)
	gain := 3000 * math.Pow(10, (dice.Float64()-0.7)/2) / level(said)
	for i, s := range said {
		line[rateHz*3/10+i] = float64(s) * gain
	}
	behind.lie(line, gain*level(said), dice)
	samples := make([]int16, len(line))
	for i, v := range line {
		samples[i] = int16(max(-32768, min(32767, v)))
	}
	payload, decoded := make([]byte, len(samples)), make([]int16, len(samples))
	codec.PCMU.NewEncoder("").Encode(payload, samples)
	codec.PCMU.NewDecoder("").Decode(decoded, payload)
	return codec.Resample(decoded, rateHz, recognition.RateHz)
}

// lie adds the noise to a line with a voice at a level.
func (n Noise) lie(line []float64, level float64, dice *rand.Rand) {
	loud := 2.0 // not even a quiet line is silent
	if n.DB > 0 {
		loud = level * math.Pow(10, -n.DB/20)
	}
	made, before, energy := make([]float64, len(line)), 0.0, 0.0
	for i := range made {
		before = n.Low*before + dice.NormFloat64()
		made[i] = before
		energy += before * before
	}
	scale := loud / math.Sqrt(energy/float64(len(made)))
	for i := range line {
		line[i] += scale * made[i]
	}
}

// level is the root of the mean square.
func level(samples []int16) float64 {
	energy := 1.0
	for _, s := range samples {
		energy += float64(s) * float64(s)
	}
	return math.Sqrt(energy / float64(max(len(samples), 1)))
}

// trimmed leaves out the silence that engines put around a line.
func trimmed(samples []int16) []int16 {
	loud := func(s int16) bool { return s > 300 || s < -300 }
	for len(samples) > 0 && !loud(samples[0]) {
		samples = samples[1:]
	}
	for len(samples) > 0 && !loud(samples[len(samples)-1]) {
		samples = samples[:len(samples)-1]
	}
	return samples
}
