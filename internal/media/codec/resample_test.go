package codec

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestDoublingKeepsTonesAndAddsNoImage(t *testing.T) {
	for _, hz := range []float64{300, 1000, 2000, 3000} {
		in := sine(hz, 8000, 10000, 8000)
		out := stream(NewResampler(8000, 16000), in, 160)
		if level := amplitude(out[1600:], hz, 16000); math.Abs(level-10000) > 150 {
			t.Errorf("%v Hz came out at amplitude %.0f, want 10000", hz, level)
		}
		if image := amplitude(out[1600:], 8000-hz, 16000); image > 100 {
			t.Errorf("%v Hz has an image at %v Hz of amplitude %.0f", hz, 8000-hz, image)
		}
	}
}

func TestHalvingKeepsTonesAndStopsWhatWouldAlias(t *testing.T) {
	for _, hz := range []float64{300, 1000, 2000, 3000} {
		out := stream(NewResampler(16000, 8000), sine(hz, 16000, 10000, 16000), 320)
		if level := amplitude(out[800:], hz, 8000); math.Abs(level-10000) > 150 {
			t.Errorf("%v Hz came out at amplitude %.0f, want 10000", hz, level)
		}
	}
	for _, hz := range []float64{5000, 6000, 7500} {
		out := stream(NewResampler(16000, 8000), sine(hz, 16000, 10000, 16000), 320)
		if alias := amplitude(out[800:], 8000-hz, 8000); alias > 100 {
			t.Errorf("%v Hz aliases to %v Hz with amplitude %.0f", hz, 8000-hz, alias)
		}
	}
}

func TestHalfBandPassesFullScaleWithoutOverflow(t *testing.T) {
	square := make([]int16, 3200)
	for i := range square {
		square[i] = math.MaxInt16
		if i/7%2 == 0 {
			square[i] = math.MinInt16
		}
	}
	for _, out := range [][]int16{
		stream(NewResampler(8000, 16000), square, 160),
		stream(NewResampler(16000, 8000), square, 320),
		stream(NewResampler(16000, 24000), square, 320),
		stream(NewResampler(24000, 16000), square, 480),
	} {
		// An overflow would turn a half-wave's middle to the other sign.
		for i := 100; i+1 < len(out); i++ {
			if jump := abs(int(out[i+1]) - int(out[i])); jump > 60000 && abs(int(out[i])) > 32000 {
				t.Fatalf("sample %d jumps by %d", i, jump)
			}
		}
		if level := peak(out); level < 30000 {
			t.Errorf("a full-scale square wave came out with peak %d", level)
		}
	}
}

func TestBetween16And24KHzTonesAreKeptAndNothingIsAdded(t *testing.T) {
	for _, rates := range [][2]int{{16000, 24000}, {24000, 16000}} {
		from, to := float64(rates[0]), float64(rates[1])
		for _, hz := range []float64{300, 1000, 3000, 6000} {
			out := stream(NewResampler(rates[0], rates[1]), sine(hz, from, 10000, rates[0]), rates[0]/50)
			if len(out) != rates[1] {
				t.Errorf("a second at %v Hz is %d samples at %v Hz", from, len(out), to)
			}
			if level := amplitude(out[1600:], hz, to); math.Abs(level-10000) > 150 {
				t.Errorf("%v to %v: %v Hz came out at amplitude %.0f, want 10000", from, to, hz, level)
			}
			if image := amplitude(out[1600:], 16000-hz, 24000); to > from && image > 100 {
				t.Errorf("%v Hz has an image at %v Hz of amplitude %.0f", hz, 16000-hz, image)
			}
		}
	}
	for _, hz := range []float64{9500, 11000} {
		out := stream(NewResampler(24000, 16000), sine(hz, 24000, 10000, 24000), 480)
		if alias := amplitude(out[1600:], 16000-hz, 16000); alias > 150 {
			t.Errorf("%v Hz aliases to %v Hz with amplitude %.0f", hz, 16000-hz, alias)
		}
	}
}

func TestEveryResamplerIsLateByTheLatencyExactly(t *testing.T) {
	for _, rates := range [][2]int{{8000, 16000}, {16000, 8000}, {16000, 24000}, {24000, 16000}} {
		from, to := float64(rates[0]), float64(rates[1])
		out := stream(NewResampler(rates[0], rates[1]), sine(440, from, 10000, 50*rates[0]/50), rates[0]/50)
		late := int(Latency.Seconds() * to)
		for i, want := range sine(440, to, 10000, len(out)-late)[late:] { // past the first transient
			if got := out[i+2*late]; abs(int(got)-int(want)) > 60 {
				t.Fatalf("from %v to %v Hz: sample %d is %d, want %d", from, to, i, got, want)
			}
		}
	}
}

func TestFilesOfAnyRateKeepTheirTones(t *testing.T) {
	for _, from := range []int{4000, 8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 192000} {
		for _, to := range []int{8000, 16000} {
			t.Run(fmt.Sprintf("%d to %d", from, to), func(t *testing.T) {
				out := Resample(sine(1000, float64(from), 10000, from/2), from, to)
				if want := to / 2; abs(len(out)-want) > 1 {
					t.Fatalf("half a second became %d samples, want %d", len(out), want)
				}
				middle := out[to/10 : to/10*4]
				if level := amplitude(middle, 1000, float64(to)); math.Abs(level-10000) > 100 {
					t.Errorf("1000 Hz came out at amplitude %.0f", level)
				}
			})
		}
	}
}

func TestAFileInPiecesBecomesTheSameSamplesAsInOne(t *testing.T) {
	for _, from := range []int{4000, 8000, 11025, 44100, 192000} {
		for _, to := range []int{8000, 16000} {
			if from == to {
				continue
			}
			whole := sine(440, float64(from), 9000, from/3)
			want := Resample(whole, from, to)
			if len(want) != from/3*to/from {
				t.Errorf("%d samples at %d Hz are %d at %d Hz", from/3, from, len(want), to)
			}
			for _, piece := range []int{1, 7, 1000, len(whole)} {
				c := NewConverter(from, to)
				var got []int16
				for rest := whole; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
					got = c.Convert(got, rest[:min(piece, len(rest))])
				}
				if got = c.End(got); !slices.Equal(got, want) {
					t.Errorf("from %d to %d Hz in pieces of %d: other samples", from, to, piece)
				}
				if most := 2*int(c.reach) + piece + 2; len(c.window) > most {
					t.Errorf("from %d to %d Hz: %d samples are kept", from, to, len(c.window))
				}
			}
		}
	}
}

func TestFilesAreFilteredBeforeTheyLoseTheirUpperBand(t *testing.T) {
	out := Resample(sine(6000, 48000, 10000, 24000), 48000, 8000)
	if level := peak(out[400 : len(out)-400]); level > 60 {
		t.Errorf("6 kHz at 48 kHz left %d in an 8 kHz file", level)
	}
}

func TestResamplersDoNotAllocate(t *testing.T) {
	up, down := NewResampler(8000, 16000), NewResampler(16000, 8000)
	narrow, wide := make([]int16, 160), make([]int16, 320)
	if n := testing.AllocsPerRun(100, func() { up.Resample(wide, narrow); down.Resample(narrow, wide) }); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

func BenchmarkDouble(b *testing.B) {
	up, narrow, wide := NewResampler(8000, 16000), make([]int16, 160), make([]int16, 320)
	for b.Loop() {
		up.Resample(wide, narrow)
	}
}

func BenchmarkHalve(b *testing.B) {
	down, narrow, wide := NewResampler(16000, 8000), make([]int16, 160), make([]int16, 320)
	for b.Loop() {
		down.Resample(narrow, wide)
	}
}

func stream(r Resampler, in []int16, frame int) (out []int16) {
	dst := make([]int16, 2*frame)
	for i := 0; i+frame <= len(in); i += frame {
		n := r.Resample(dst, in[i:i+frame])
		out = append(out, dst[:n]...)
	}
	return out
}

func sine(hz, rate, amplitude float64, n int) []int16 {
	s := make([]int16, n)
	for i := range s {
		s[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*hz*float64(i)/rate)))
	}
	return s
}

// amplitude is how much of one frequency there is.
func amplitude(s []int16, hz, rate float64) float64 {
	var re, im float64
	for i, v := range s {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / rate)
		re += float64(v) * cos
		im += float64(v) * sin
	}
	return 2 * math.Hypot(re, im) / float64(len(s))
}

func peak(s []int16) (p int) {
	for _, v := range s {
		p = max(p, abs(int(v)))
	}
	return p
}
