package vad_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"strowger/internal/media/codec"
	"strowger/internal/media/vad"
	"strowger/internal/speech"
)

// The corpus is made: words by the synthesisers of this machine, all else by
// arithmetic. All of it goes through G.711 at 8 kHz, as on a telephone.
const rateHz = 8000

// words begin with a voiced sound each, so that when they begin is when the voice does.
var words = []string{
	"yes", "no", "one", "nine", "agent", "maybe", "all right", "operator", "Monday", "January", "yellow", "red", "billing", "goodbye", "I want an agent",
	"no, I would rather not", "your last letter has arrived", "reservations", "leave me alone", "Ian Miller",
}

// speakers are who says them.
var speakers = []speech.Line{
	{Voice: speech.Voice{Language: "en-US", Name: "slt"}},
	{Voice: speech.Voice{Language: "en-US", Name: "rms"}},
	{Voice: speech.Voice{Language: "en-US", Name: "awb"}, Manner: speech.Manner{Rate: 1.2}},
	{Voice: speech.Voice{Language: "en-US", Name: "slt"}, Manner: speech.Manner{Rate: 1.3, Pitch: 1.2}},
	{Voice: speech.Voice{Language: "en-US", Name: "rms"}, Manner: speech.Manner{Rate: 0.85, Pitch: 0.9}},
}

// said is what a speaker says.
func said(t testing.TB, engine speech.Engine, by speech.Line, text string) []int16 {
	t.Helper()
	by.Text = text
	a, err := engine.Say(context.Background(), by)
	if err != nil {
		t.Fatal(err)
	}
	return codec.Resample(a.Samples, a.RateHz, rateHz)
}

// level gives samples a peak in dB relative to full scale.
func level(samples []int16, peakDB float64) []int16 {
	top := 1.0
	for _, s := range samples {
		top = max(top, math.Abs(float64(s)))
	}
	factor := 32767 * math.Pow(10, peakDB/20) / top
	for i, s := range samples {
		samples[i] = int16(float64(s) * factor)
	}
	return samples
}

// line is a telephone line with something on it: so much silence first and after, and
// noise at a level.
func line(sound []int16, before, after int, noiseDB float64, dice *rand.Rand) []int16 {
	all := make([]int16, before+len(sound)+after)
	copy(all[before:], sound)
	amplitude := 32767 * math.Pow(10, noiseDB/20)
	payload := make([]byte, len(all))
	for i, s := range all {
		all[i] = int16(min(max(float64(s)+amplitude*dice.NormFloat64(), -32768), 32767))
	}
	codec.PCMU.NewEncoder("").Encode(payload, all)
	codec.PCMU.NewDecoder("").Decode(all, payload)
	return all
}

// begins is the first frame in which somebody speaks; -1: none.
func begins(samples []int16) int {
	d := vad.New(rateHz)
	for n := 0; len(samples) >= rateHz/50; n, samples = n+1, samples[rateHz/50:] {
		if d.Write(samples[:rateHz/50]).Voice {
			return n
		}
	}
	return -1
}

// firstFrame is where a word begins: the first frame near its loudness.
func firstFrame(samples []int16) int {
	var top float64
	energy := func(n int) (e float64) {
		for _, s := range samples[n*rateHz/50 : (n+1)*rateHz/50] {
			e += float64(s) * float64(s)
		}
		return e
	}
	frames := len(samples) / (rateHz / 50)
	for n := range frames {
		top = max(top, energy(n))
	}
	for n := range frames {
		if energy(n) > top/300 {
			return n
		}
	}
	return 0
}

func TestSomebodyWhoSpeaksIsFoundInTime(t *testing.T) {
	engine := speech.NewFlite()
	if err := engine.Open(); err != nil {
		t.Skip("nothing can be said: ", err)
	}
	type spoken struct {
		by, text string
		sound    []int16
	}
	var corpus []spoken
	for _, by := range speakers {
		for _, text := range words {
			corpus = append(corpus, spoken{by.Voice.Name, text, said(t, engine, by, text)})
		}
	}
	dice := rand.New(rand.NewPCG(1, 2))
	const each = 3 // times with other noise
	for _, c := range []struct {
		name            string
		peakDB, noiseDB float64
	}{
		{"quiet line", -6, -75},
		{"far from the telephone", -30, -75},
		{"noise, 15 dB", -12, -36},
	} {
		var delays []int
		all, missed := each*len(corpus), 0
		for i := range all {
			s := corpus[i%len(corpus)]
			word := level(slices.Clone(s.sound), c.peakDB)
			before := rateHz + rateHz/50*dice.IntN(50) + dice.IntN(160)
			at := begins(line(word, before, rateHz/2, c.noiseDB, dice))
			if at < 0 {
				missed++
				t.Logf("%s: %q by %s is missed", c.name, s.text, s.by)
				continue
			}
			first := (before + firstFrame(word)*rateHz/50) / (rateHz / 50)
			delays = append(delays, 20*(at-first+1))
		}
		slices.Sort(delays)
		p95 := delays[len(delays)*95/100]
		t.Logf("%-24s %3d words: found after p50 %d ms, p95 %d ms, at most %d ms; %d missed; first %d", c.name, all, delays[len(delays)/2], p95, delays[len(delays)-1], missed, delays[0])
		if p95 > 200 || delays[0] < 0 || missed > all/100 {
			t.Errorf("%s: it is not found in time, too early, or not at all", c.name)
		}
	}
}

// noises are what is no voice, by arithmetic.
var noises = map[string]func(*rand.Rand) []int16{
	"cough":     func(d *rand.Rand) []int16 { return repeat(1+d.IntN(3), func() []int16 { return cough(d) }) },
	"click":     func(d *rand.Rand) []int16 { return repeat(5, func() []int16 { return burst(d, 0.01, 0.5) }) },
	"breath":    func(d *rand.Rand) []int16 { return breath(d) },
	"keyboard":  func(d *rand.Rand) []int16 { return repeat(20, func() []int16 { return burst(d, 0.03, 0.3) }) },
	"keys":      func(d *rand.Rand) []int16 { return repeat(6, func() []int16 { return key(d) }) },
	"long key":  func(d *rand.Rand) []int16 { return sines(2, 0.3, 770, 1336) },
	"beep":      func(d *rand.Rand) []int16 { return sines(1, 0.4, 300+700*d.Float64()) },
	"ringing":   func(*rand.Rand) []int16 { return sines(2, 0.3, 440, 480) },
	"hum":       func(*rand.Rand) []int16 { return sines(3, 0.02, 100, 200) },
	"noise":     func(d *rand.Rand) []int16 { return burst(d, 3, 0.1) },
	"handling":  func(d *rand.Rand) []int16 { return repeat(4, func() []int16 { return thump(d) }) },
	"nothing":   func(*rand.Rand) []int16 { return make([]int16, 3*rateHz) },
	"loud hiss": func(d *rand.Rand) []int16 { return burst(d, 3, 0.6) },
}

func TestWhatIsNoVoiceIsNone(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	const each = 50
	for _, name := range slices.Sorted(maps.Keys(noises)) {
		wrong := 0
		for range each {
			if begins(line(noises[name](dice), rateHz, rateHz/2, -70, dice)) >= 0 {
				wrong++
			}
		}
		t.Logf("%-10s taken for a voice %2d times of %d", name, wrong, each)
		if wrong > 1 {
			t.Errorf("%s is taken for a voice %d times of %d", name, wrong, each)
		}
	}
}

func repeat(times int, one func() []int16) (all []int16) {
	for range times {
		all = append(append(all, one()...), make([]int16, rateHz/5)...)
	}
	return all
}

func sines(seconds, amplitude float64, hz ...float64) []int16 {
	out := make([]int16, int(seconds*rateHz))
	for i := range out {
		var v float64
		for _, f := range hz {
			v += math.Sin(2 * math.Pi * f * float64(i) / rateHz)
		}
		out[i] = int16(32767 * amplitude * v / float64(len(hz)))
	}
	return out
}

func key(d *rand.Rand) []int16 {
	low := []float64{697, 770, 852, 941}[d.IntN(4)]
	high := []float64{1209, 1336, 1477}[d.IntN(3)]
	return sines(0.06+0.1*d.Float64(), 0.5, low, high)
}

// shaped is noise through a resonance, with an envelope.
func shaped(d *rand.Rand, seconds, amplitude, hz, width float64, envelope func(at float64) float64) []int16 {
	out := make([]int16, int(seconds*rateHz))
	r := math.Exp(-math.Pi * width / rateHz)
	a, b := 2*r*math.Cos(2*math.Pi*hz/rateHz), -r*r
	var y1, y2 float64
	top := 0.0
	raw := make([]float64, len(out))
	for i := range raw {
		y := d.NormFloat64() + a*y1 + b*y2
		y2, y1 = y1, y
		raw[i] = y * envelope(float64(i)/float64(len(raw)))
		top = max(top, math.Abs(raw[i]))
	}
	for i, v := range raw {
		out[i] = int16(32767 * amplitude * v / top)
	}
	return out
}

func burst(d *rand.Rand, seconds, amplitude float64) []int16 {
	return shaped(d, seconds, amplitude, 2000, 3000, func(float64) float64 { return 1 })
}

func thump(d *rand.Rand) []int16 {
	return shaped(d, 0.08, 0.7, 120, 200, func(at float64) float64 { return math.Exp(-5 * at) })
}

func breath(d *rand.Rand) []int16 {
	return shaped(d, 1.2, 0.06, 900, 1200, func(at float64) float64 { return math.Sin(math.Pi * at) })
}

// cough is an explosion of noise, noise that grows less, and a last sound of the voice
// that is short.
func cough(d *rand.Rand) []int16 {
	all := shaped(d, 0.05, 0.9, 700, 900, func(at float64) float64 { return math.Exp(-3 * at) })
	all = append(all, shaped(d, 0.2, 0.5, 1100, 1200, func(at float64) float64 { return 1 - 0.7*at })...)
	voice := make([]int16, int(0.05*rateHz))
	hz := 110 + 120*d.Float64()
	for i := range voice {
		for h := 1.0; h < 8; h++ {
			voice[i] += int16(32767 * 0.3 / h / 2 * math.Sin(2*math.Pi*h*hz*float64(i)/rateHz))
		}
	}
	return append(all, voice...)
}

func TestTheEndOfVoiceIsFound(t *testing.T) {
	engine := speech.NewFlite()
	if err := engine.Open(); err != nil {
		t.Skip("nothing can be said: ", err)
	}
	dice := rand.New(rand.NewPCG(5, 6))
	samples := line(level(said(t, engine, speakers[0], "my number is four two five"), -6), rateHz, rateHz, -70, dice)
	d, last := vad.New(rateHz), -1
	for n := 0; (n+1)*160 <= len(samples); n++ {
		if d.Write(samples[n*160 : (n+1)*160]).Voice {
			last = n
		}
	}
	if end := (len(samples) - rateHz) / 160; last < end-25 || last > end+12 {
		t.Errorf("the voice ends in frame %d, the words in %d", last, end)
	}
}

func TestSilenceIsNeither(t *testing.T) {
	d := vad.New(16000)
	for range 100 {
		if a := d.Write(nil); a.Sound || a.Voice {
			t.Fatalf("%+v", a)
		}
	}
}

func TestAFrameAllocatesNothing(t *testing.T) {
	d, frame := vad.New(16000), sines(0.02, 0.3, 150, 300, 450, 600)
	frame = append(frame, frame...)
	if n := testing.AllocsPerRun(100, func() { d.Write(frame) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, rate := range []int{8000, 16000} {
		b.Run(fmt.Sprint(rate), func(b *testing.B) {
			d, dice := vad.New(rate), rand.New(rand.NewPCG(1, 2))
			frame := make([]int16, rate/50)
			for i := range frame {
				frame[i] = int16(3000 * dice.NormFloat64())
			}
			b.ReportAllocs()
			for b.Loop() {
				d.Write(frame)
			}
		})
	}
}
