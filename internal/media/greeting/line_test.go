package greeting_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/speech"
)

const rateHz = media.Narrowband

var (
	encoder = codec.PCMU.NewEncoder("")
	decoder = codec.PCMU.NewDecoder("")
)

// line is a telephone line on which a sample is made.
type line struct {
	sample
	dice  *rand.Rand
	sound []float64
	music int // samples that have music behind them; 0: all
}

// between draws a number.
func (l *line) between(least, most float64) float64 { return least + (most-least)*l.dice.Float64() }

func (l *line) wait(seconds float64) {
	l.sound = append(l.sound, make([]float64, int(seconds*rateHz))...)
}

// tone adds a tone with edges of 5 ms.
func (l *line) tone(hz, seconds, amplitude float64) {
	n := int(seconds * rateHz)
	for i := range n {
		edge := min(1, float64(i)/40, float64(n-i)/40)
		l.sound = append(l.sound, edge*amplitude*math.Sin(2*math.Pi*hz*float64(i)/rateHz))
	}
}

// spoken are lines that have been synthesised, by who says what.
var spoken = map[string][]int16{}

// say adds what a speaker says at a level, and reports whether the engine is here.
func (l *line) say(by speaker, words string, db float64) {
	key := fmt.Sprint(by.engine.Name(), by.voice, by.manner, words)
	samples, ok := spoken[key]
	if !ok {
		samples = trimmed(synthesise(by, words))
		spoken[key] = samples
	}
	var energy float64
	for _, s := range samples {
		energy += float64(s) * float64(s)
	}
	gain := 32768 * math.Pow(10, db/20) / math.Sqrt(energy/float64(max(len(samples), 1)))
	for _, s := range samples {
		l.sound = append(l.sound, float64(s)*gain)
	}
}

func synthesise(by speaker, words string) []int16 {
	sound, err := by.engine.Say(context.Background(), speech.Line{Text: words, Voice: by.voice, Manner: by.manner})
	if err != nil {
		panic("greetings cannot be made: " + err.Error())
	}
	return codec.Resample(sound.Samples, sound.RateHz, rateHz)
}

// trimmed leaves out the silence that engines put around a line: pauses are made here.
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

// background is what lies behind a voice.
type background func(l *line)

// clean is a quiet line: its noise is 45 dB below the voice, or nothing at all.
func clean(l *line) {
	if l.dice.IntN(2) == 0 {
		l.rush(-75 + l.between(0, 10))
	}
}

// noisy is a street.
func noisy(l *line) { l.rush(-20 - 15) }

// rush lays noise at a level over the line: white, with slow swells and low-passed.
func (l *line) rush(db float64) {
	amplitude := 32768 * math.Pow(10, db/20)
	low, swell := 0.0, l.between(0.2, 0.6)
	for i := range l.sound {
		low += 0.5 * (l.dice.NormFloat64() - low)
		l.sound[i] += 1.7 * amplitude * low * (1 + 0.3*math.Sin(2*math.Pi*swell*float64(i)/rateHz))
	}
}

// knocks are bursts of noise, as loud as the voice: coughs, steps, a door.
func knocks(l *line) {
	for at := l.between(0.1, 0.6); ; at += l.between(0.3, 1.2) {
		length := l.between(0.03, 0.25)
		start, low := int(at*rateHz), 0.0
		if start+int(length*rateHz) > len(l.sound) {
			return
		}
		for i := range int(length * rateHz) {
			low += 0.4 * (l.dice.NormFloat64() - low)
			fade := math.Exp(-4 * float64(i) / (length * rateHz))
			l.sound[start+i] += 8000 * fade * low
		}
	}
}

// hum is that of the mains, 20 dB below the voice, and its harmonics.
func hum(l *line) {
	for i := range l.sound {
		t := float64(i) / rateHz
		l.sound[i] += 400 * (math.Sin(2*math.Pi*50*t) + 0.5*math.Sin(2*math.Pi*150*t) + 0.3*math.Sin(2*math.Pi*250*t))
	}
}

// radio is music behind a voice: chords that change, 15 dB below it.
func radio(l *line) {
	amplitude := 32768 * math.Pow(10, float64(-20-15)/20)
	var chord [3]float64
	for i := range cmp.Or(l.music, len(l.sound)) {
		if i%(rateHz/3) == 0 {
			root := 220 * math.Pow(2, float64(l.dice.IntN(12))/12)
			chord = [3]float64{root, root * math.Pow(2, 4.0/12), root * math.Pow(2, 7.0/12)}
		}
		t, fade := float64(i)/rateHz, 1-0.6*float64(i%(rateHz/3))/(rateHz/3)
		for _, hz := range chord {
			for harmonic := 1.0; harmonic <= 4; harmonic++ {
				l.sound[i] += 0.5 * amplitude * fade * math.Sin(2*math.Pi*hz*harmonic*t) / harmonic
			}
		}
	}
}

// person is somebody who answers and waits, and asks again when nobody says anything.
func person(texts []text, behind background) func(*line, int) {
	return func(l *line, n int) {
		by, said := l.chosen(texts, n)
		db := l.between(-26, -16)
		l.wait(l.between(0.2, 1.2))
		l.phrases(by, said, db, 0.15, 0.4)
		l.wait(l.between(1.8, 3))
		l.say(by, said.phrases[0], db)
		l.wait(3)
		behind(l)
	}
}

// machine is a greeting with what comes after it.
func machine(texts []text, behind background, after func(*line)) func(*line, int) {
	return func(l *line, n int) {
		by, said := l.chosen(texts, n)
		l.wait(l.between(0.1, 1))
		l.phrases(by, said, l.between(-26, -16), 0.25, 0.7)
		l.over, l.music = l.now(), len(l.sound)
		after(l)
		l.wait(4)
		behind(l)
	}
}

func beepAfter(l *line) {
	l.wait(l.between(0.2, 1.5))
	hz := []float64{440, 480, 620, 800, 1000, 1004, 1200, 1400, 1750}[l.dice.IntN(9)]
	l.tone(hz, l.between(0.18, 0.9), 32768*math.Pow(10, l.between(-22, -10)/20))
	l.over, l.beep = l.now(), true
}

func nothingAfter(*line) {}

// chosen goes through all texts, and draws the voice.
func (l *line) chosen(texts []text, n int) (speaker, text) {
	said := texts[n%len(texts)]
	voices := speakers(said.language)
	l.name = fmt.Sprint(said.phrases)
	return voices[l.dice.IntN(len(voices))], said
}

// phrases says a text with pauses.
func (l *line) phrases(by speaker, said text, db, least, most float64) {
	for i, phrase := range said.phrases {
		if i > 0 {
			l.wait(l.between(least, most))
		}
		l.say(by, phrase, db)
	}
}

func beepAlone(l *line, _ int) {
	l.wait(l.between(0.3, 1.2))
	beepAfter(l)
	l.wait(6)
	clean(l)
}

func announcement(l *line, n int) {
	l.wait(l.between(0.1, 0.8))
	short := l.dice.IntN(2) == 0
	for i, hz := range []float64{913.8, 1370.6, 1776.7} {
		if short && i < 2 {
			hz *= 1.0443 // 985.2 and 1428.5 Hz, less or more
		}
		l.tone(hz, []float64{0.276, 0.38}[l.dice.IntN(2)], 4000)
	}
	l.wait(l.between(0.05, 0.5))
	by, said := l.chosen(announcements, n)
	l.phrases(by, said, -20, 0.25, 0.7)
	l.over = l.now()
	l.wait(4)
	clean(l)
}

// faxCalled is ITU-T T.30 4.2.1: 2100 Hz from 1.8 to 2.5 s after the answer on; every
// other one as V.8 has it, with its phase turned every 450 ms.
func faxCalled(l *line, n int) {
	l.wait(l.between(0.2, 2.5))
	start, turned := len(l.sound), 1.0
	l.tone(2100, 3, 5000)
	for i := start; n%2 == 0 && i < len(l.sound); i++ {
		if (i-start)%3600 == 3599 {
			turned = -turned
		}
		l.sound[i] *= turned * (1 + 0.2*math.Sin(2*math.Pi*15*float64(i)/rateHz))
	}
	l.wait(2)
	clean(l)
}

func faxCalling(l *line, _ int) {
	l.wait(l.between(0.2, 2))
	for range 2 {
		l.tone(1100+l.between(-35, 35), l.between(0.43, 0.57), 5000)
		l.wait(3)
	}
	clean(l)
}

func nobody(l *line, _ int) { l.wait(8); clean(l) }

func noiseAlone(l *line, n int) { l.wait(8); l.rush(-50 + float64(n%5)*5) }

// now is the frame in which the line is.
func (l *line) now() int { return len(l.sound) / media.FrameSamples(rateHz) }

// frames sends the line through G.711. A frame of nothing is nil.
func (l *line) frames() [][]int16 {
	size := media.FrameSamples(rateHz)
	var frames [][]int16
	payload := make([]byte, size)
	for at := 0; at+size <= len(l.sound); at += size {
		frame, anything := make([]int16, size), false
		for i, v := range l.sound[at : at+size] {
			frame[i] = int16(max(-32768, min(32767, math.Round(v))))
			anything = anything || frame[i] != 0
		}
		if !anything {
			frames = append(frames, nil)
			continue
		}
		encoder.Encode(payload, frame)
		decoder.Decode(frame, payload)
		frames = append(frames, frame)
	}
	return frames
}
