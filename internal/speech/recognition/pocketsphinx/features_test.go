package pocketsphinx

import (
	"math"
	"testing"
	"unsafe"

	"strowger/internal/native"
	"strowger/internal/speech/recognition"
	"strowger/internal/speech/recognition/recognitiontest"
)

// frontEnd is what sphinxbase looks at sound with.
var frontEnd = native.Library[frontEndFunctions]{Name: "libsphinxbase.so.3", Debian: "libsphinxbase3", Bind: func(find native.Lookup) (*frontEndFunctions, error) {
	var f frontEndFunctions
	return &f, native.Symbols{"fe_get_args": &f.arguments, "fe_init_auto_r": &f.open, "fe_start_utt": &f.start, "fe_process_frames": &f.process}.Bind(find)
}}

type frontEndFunctions struct {
	arguments func() uintptr
	open      func(settings uintptr) uintptr
	start     func(frontEnd uintptr) int32
	process   func(frontEnd uintptr, samples, count, rows, frames, first unsafe.Pointer) int32
}

// seenBySphinx is what the library makes of samples: the energies of the bands.
func seenBySphinx(t *testing.T, samples []int16) [][bands]float32 {
	t.Helper()
	_, base, err := libraries()
	if err != nil {
		t.Fatal("make install: ", err)
	}
	f, err := frontEnd.Open()
	if err != nil {
		t.Fatal(err)
	}
	base.logTo(0)
	var pointers []*byte
	for _, a := range []string{"test", "-lowerf", "130", "-upperf", "6800", "-nfilt", "25", "-logspec", "yes", "-dither", "no", "-remove_noise", "no", "-remove_silence", "no"} {
		pointers = append(pointers, &append([]byte(a), 0)[0])
	}
	for _, p := range pointers {
		keptArguments = append(keptArguments, unsafe.Slice(p, 1))
	}
	settings := base.settings(0, f.arguments(), int32(len(pointers)), unsafe.Pointer(&pointers[0]), 1)
	if settings == 0 {
		t.Fatal("sphinxbase does not take its settings")
	}
	handle := f.open(settings)
	f.start(handle)
	rows := make([][bands]float32, 1+(len(samples)-windowSamples)/stepSamples)
	to := make([]*float32, len(rows))
	for i := range rows {
		to[i] = &rows[i][0]
	}
	from, count, frames, first := &samples[0], uint64(len(samples)), int32(len(rows)), int32(0)
	if f.process(handle, unsafe.Pointer(&from), unsafe.Pointer(&count), unsafe.Pointer(&to[0]), unsafe.Pointer(&frames), unsafe.Pointer(&first)) < 0 {
		t.Fatal("sphinxbase looks at nothing")
	}
	return rows[:frames]
}

func TestSoundIsSeenAsSphinxbaseSeesIt(t *testing.T) {
	samples := call(t, recognitiontest.OfFlite("rms", 1, 1), "the quick brown fox", recognitiontest.Noise{DB: 20})
	got, want := logMel(samples), seenBySphinx(t, samples)
	if len(want) == 0 || len(got) != len(want) {
		t.Fatalf("there are %d frames, want %d", len(got), len(want))
	}
	for i := range want {
		for b, w := range want[i] {
			if math.Abs(got[i][b]-float64(w)) > 0.01 {
				t.Fatalf("in frame %d band %d has %.3f, want %.3f", i, b, got[i][b], w)
			}
		}
	}
}

func TestCepstraAreWithoutTheirMean(t *testing.T) {
	rows := features(call(t, recognitiontest.OfFlite("slt", 1, 1), "hello", noises[0]))
	for c := range cepstraCount {
		sum := 0.0
		for _, row := range rows {
			sum += float64(row[c])
		}
		if mean := sum / float64(len(rows)); !(math.Abs(mean) < 1e-3) {
			t.Errorf("number %d is %.4f in the middle of %d frames", c, mean, len(rows))
		}
	}
}

func TestHowLoudItIsChangesNothing(t *testing.T) {
	loud := call(t, recognitiontest.OfFlite("slt", 1, 1), "hello", noises[0])
	quiet := make([]int16, len(loud))
	for i, s := range loud {
		quiet[i] = s / 4
	}
	a, b := features(loud), features(quiet)
	var apart, size float64
	for i := range a {
		for c := range a[i] {
			apart += math.Abs(float64(a[i][c] - b[i][c]))
			size += math.Abs(float64(a[i][c]))
		}
	}
	if apart > 0.1*size {
		t.Errorf("what is four times quieter is seen %.0f %% differently", 100*apart/size)
	}
}

// The cost of a second of sound before it goes to a worker.
func BenchmarkFeatures(b *testing.B) {
	samples := make([]int16, recognition.RateHz)
	for i := range samples {
		samples[i] = int16(8000 * math.Sin(float64(i*i)/1e6))
	}
	for b.Loop() {
		features(samples)
	}
}
