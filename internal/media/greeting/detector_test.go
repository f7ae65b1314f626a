package greeting_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"strowger/internal/media/greeting"
)

// drawn is a line on which what is said has no words: the detector understands none.
func drawn() *line { return &line{dice: rand.New(rand.NewPCG(1, 2))} }

// voice adds what is pitched as a voice, in syllables of 0.2 s.
func (l *line) voice(seconds float64) {
	turn := 0.0
	for i := range int(seconds * rateHz) {
		turn += 2 * math.Pi * 120 / rateHz * (1 + 0.05*math.Sin(2*math.Pi*3*float64(i)/rateHz))
		sum, loud := 0.0, 2500*math.Sin(math.Pi*float64(i%1600)/1600)
		for harmonic := 1.0; harmonic <= 10; harmonic++ {
			sum += math.Sin(harmonic*turn) / harmonic
		}
		l.sound = append(l.sound, loud*sum)
	}
}

// heard is what a detector makes of the line.
func (l *line) heard(t *testing.T) outcome {
	t.Helper()
	l.sample.frames = l.frames()
	return listen(t, l.sample)
}

func TestAWordAndSilenceIsAPerson(t *testing.T) {
	l := drawn()
	l.wait(0.5)
	l.voice(0.5)
	l.wait(8)
	if o := l.heard(t); o.verdict.Answerer != greeting.Human || o.judged > 100 || o.ended != 0 {
		t.Errorf("got %v after %d frames, ended after %d; want a person within two seconds and no more", o.verdict, o.judged, o.ended)
	}
}

func TestWhoGoesOnTalkingIsAMachine(t *testing.T) {
	l := drawn()
	l.wait(0.5)
	for range 4 {
		l.voice(1.5)
		l.wait(0.4)
	}
	l.wait(6)
	o := l.heard(t)
	if o.verdict.Answerer != greeting.Machine || o.judged != 190 {
		t.Errorf("got %v after %d frames, want a machine after 190", o.verdict, o.judged)
	}
	if said := 25 + 4*75 + 3*20; o.ending != greeting.Silence || o.ended > said+130 {
		t.Errorf("the greeting of %d frames ended with %q after %d, want silence for 125", said, o.ending, o.ended)
	}
}

func TestTheBeepEndsTheGreeting(t *testing.T) {
	for _, hz := range []float64{425, 1000, 1633, 1980} {
		l := drawn()
		l.voice(4.5)
		l.wait(1)
		l.tone(hz, 0.2, 1500)
		over := l.now()
		l.wait(4)
		if o := l.heard(t); o.ending != greeting.Beep || o.ended < over || o.ended > over+15 {
			t.Errorf("with a beep of %v Hz that is over after %d frames the greeting ended with %q after %d", hz, over, o.ending, o.ended)
		}
	}
}

func TestWhatIsNoBeepDoesNotEndTheGreeting(t *testing.T) {
	for name, sounds := range map[string]func(l *line){
		"a click of a tone":    func(l *line) { l.tone(1000, 0.08, 3000) },
		"a tone for too long":  func(l *line) { l.tone(1000, 3.5, 3000) },
		"music":                func(l *line) { l.tone(600, 0.3, 3000); l.tone(800, 0.3, 3000); l.voice(0.5) },
		"a beep and more talk": func(l *line) { l.tone(1000, 0.3, 3000); l.voice(1) },
	} {
		l := drawn()
		l.voice(4.5)
		sounds(l)
		l.wait(4)
		if o := l.heard(t); o.ending != greeting.Silence {
			t.Errorf("%s: the greeting ended with %q after %d frames, want silence", name, o.ending, o.ended)
		}
	}
}

func TestAGreetingWithoutAnEndIsGivenUp(t *testing.T) {
	l := drawn()
	l.voice(70)
	if o := l.heard(t); o.ending != greeting.Limit || o.ended != 190+3000 {
		t.Errorf("got %q after %d frames, want the limit a minute after the verdict", o.ending, o.ended)
	}
}

func TestACoughIsNoWord(t *testing.T) {
	l := drawn()
	l.wait(0.5)
	for range 2400 {
		l.sound = append(l.sound, 5000*l.dice.NormFloat64())
	}
	l.wait(8)
	if o := l.heard(t); o.verdict.Answerer != greeting.Unknown || o.judged != 190 {
		t.Errorf("got %v after %d frames, want nobody in the end", o.verdict, o.judged)
	}
}

// A detector may be given anything, and tells what it promises to.
func FuzzDetector(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 200, 201}, uint16(300))
	f.Fuzz(func(t *testing.T, data []byte, frames uint16) {
		d, frame := greeting.NewDetector(), make([]int16, 160)
		dice := rand.New(rand.NewPCG(uint64(len(data)), 1))
		judged, ended := 0, 0
		for i := range int(frames) {
			kind := byte(i)
			if len(data) > 0 {
				kind = data[i%len(data)]
			}
			switch d.Write(strange(frame, kind, dice)) {
			case greeting.Judged:
				judged++
			case greeting.Ended:
				ended++
			}
		}
		if frames >= 190 && judged != 1 || judged > 1 || ended > 0 && d.Verdict().Answerer != greeting.Machine || ended > 1 {
			t.Errorf("after %d frames: judged %d times, %v, ended %d times, %q", frames, judged, d.Verdict(), ended, d.Ending())
		}
	})
}

// strange fills a frame with one kind of sound.
func strange(frame []int16, kind byte, dice *rand.Rand) []int16 {
	switch kind % 4 {
	case 0:
		return nil
	case 1:
		clear(frame)
	case 2:
		l := line{}
		l.tone(float64(kind)*10, 0.02, 30000)
		for i := range frame {
			frame[i] = int16(l.sound[i])
		}
	default:
		for i := range frame {
			frame[i] = int16(dice.IntN(1 << 16))
		}
	}
	return frame
}

func TestAFrameCostsNoMemory(t *testing.T) {
	l := drawn()
	l.voice(1)
	l.tone(1000, 1, 3000)
	frames, d, i := l.frames(), greeting.NewDetector(), 0
	if n := testing.AllocsPerRun(50, func() { d.Write(frames[i]); i++ }); n != 0 {
		t.Errorf("a frame costs %v allocations", n)
	}
}

func BenchmarkFrame(b *testing.B) {
	l := drawn()
	l.voice(3)
	frames, d := l.frames(), greeting.NewDetector()
	for i := 0; b.Loop(); i++ {
		if i%len(frames) == 0 {
			d = greeting.NewDetector()
		}
		d.Write(frames[i%len(frames)])
	}
}
