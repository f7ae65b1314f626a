package soundfile

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"strowger/internal/native"
)

var codecs = []Codec{MP3, AAC, Opus}

// voice is a sound with harmonics that come and go, about as hard to encode as
// speech.
func voice(samples int) []int16 {
	sound := make([]int16, samples)
	for i := range sound {
		at := float64(i) / 16000
		var v float64
		for harmonic := 1.0; harmonic < 20; harmonic++ {
			v += math.Sin(2*math.Pi*harmonic*(120+20*math.Sin(3*at))*at) / harmonic
		}
		sound[i] = int16(4000 * v * math.Abs(math.Sin(4*at)))
	}
	return sound
}

func newTestEncoder(t testing.TB, file *os.File, codec Codec, format Format) Encoder {
	t.Helper()
	encoder, err := NewEncoder(file, codec, format)
	if err != nil {
		t.Fatal(err)
	}
	return encoder
}

func encodeAll(t testing.TB, codec Codec, format Format, samples []int16) []byte {
	t.Helper()
	file := temporary(t)
	encoder := newTestEncoder(t, file, codec, format)
	if err := errors.Join(encoder.Write(samples), encoder.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWhatIsWrittenInPiecesIsWhatIsWrittenAtOnce(t *testing.T) {
	format := Format{16000, 1}
	sound := voice(50000)
	for _, codec := range codecs {
		file := temporary(t)
		encoder := newTestEncoder(t, file, codec, format)
		for rest := sound; len(rest) > 0; {
			n := min(len(rest), 777)
			if err := encoder.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := encoder.Close(); err != nil {
			t.Fatal(err)
		}
		got, _ := os.ReadFile(file.Name())
		if want := encodeAll(t, codec, format, sound); string(got) != string(want) {
			t.Errorf("%v: %d bytes in pieces are not the %d at once", codec, len(got), len(want))
		}
	}
}

func TestEncodersSideBySideDoNotDisturbOneAnother(t *testing.T) {
	format := Format{16000, 1}
	sound := voice(40000)
	for _, codec := range codecs {
		want := string(encodeAll(t, codec, format, sound))
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if got := string(encodeAll(t, codec, format, sound)); got != want {
					t.Errorf("%v: beside others it gave something else", codec)
				}
			})
		}
		group.Wait()
	}
}

func TestAFileThatCannotBeWrittenEndsInItsError(t *testing.T) {
	for _, codec := range codecs {
		file := temporary(t)
		encoder := newTestEncoder(t, file, codec, Format{16000, 1})
		_ = file.Close()
		if err := encoder.Write(voice(50000)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%v: written with %v", codec, err)
		}
		if err := encoder.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%v: closed with %v", codec, err)
		}
	}
}

func TestALibraryThatIsMissingIsNamedWithItsPackage(t *testing.T) {
	none := native.Library[lameFunctions]{Name: "libnone.so.0", Debian: "libnone0", Bind: bindLAME}
	_, err := none.Open()
	var missing *native.MissingError
	if !errors.As(err, &missing) || missing.Library != "libnone.so.0" || missing.Package != "libnone0" {
		t.Errorf("a missing library is %v", err)
	}
	// One that is there, but is another.
	other := native.Library[lameFunctions]{Name: opusLibrary.Name, Debian: "libmp3lame0", Bind: bindLAME}
	if _, err := other.Open(); !errors.As(err, &missing) {
		t.Errorf("a wrong library is %v", err)
	}
}

func TestWhatACodecCannotHoldIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	for _, codec := range codecs {
		for _, format := range []Format{{16000, 3}, {16000, 0}, {15999, 1}} {
			file := temporary(t)
			if _, err := io.WriteString(file, "before"); err != nil {
				t.Fatal(err)
			}
			var refused *FormatError
			if _, err := NewEncoder(file, codec, format); !errors.As(err, &refused) {
				t.Errorf("%v: %v is refused with %v", codec, format, err)
			}
			if data, _ := os.ReadFile(file.Name()); string(data) != "before" {
				t.Errorf("%v: the file was changed", codec)
			}
		}
	}
}

// resident is the memory of this process, in KiB.
func resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib
}

// A library that lost what it holds would lose 20 to 300 KiB with each encoder.
func TestMemoryIsGivenBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sound")
	for _, codec := range codecs {
		several := func() {
			for range 150 {
				file, err := os.Create(path)
				if err != nil {
					t.Fatal(err)
				}
				encoder := newTestEncoder(t, file, codec, Format{16000, 1})
				if err := errors.Join(encoder.Write(make([]int16, 3000)), encoder.Close(), file.Close()); err != nil {
					t.Fatal(err)
				}
			}
		}
		several()
		before := resident(t)
		several()
		several()
		if grown := resident(t) - before; grown > 4096 {
			t.Errorf("%v: 300 encoders left %d KiB behind", codec, grown)
		}
	}
}

func BenchmarkEncoder(b *testing.B) {
	sound := voice(16000 * 10)
	for _, codec := range codecs {
		b.Run(strings.ReplaceAll(codec.String(), " ", "_"), func(b *testing.B) {
			encoder := newTestEncoder(b, temporary(b), codec, Format{16000, 1})
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				at := i % 500 * 320
				if err := encoder.Write(sound[at : at+320]); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			if err := encoder.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkWAV writes 20 ms at a time, the dearest way.
func BenchmarkWAV(b *testing.B) {
	sound := voice(320)
	w := newTestWAV(b, temporary(b), Format{16000, 1})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Write(sound); err != nil {
			b.Fatal(err)
		}
	}
}
