package soundfile

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"strowger/internal/media/player"
)

// temporary makes an empty file that is closed when the test ends.
func temporary(t testing.TB) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "sound"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// numbered makes frames whose samples say where they belong.
func numbered(format Format, from, frames int) []int16 {
	samples := make([]int16, 0, frames*format.Channels)
	for i := from; i < from+frames; i++ {
		for c := range format.Channels {
			samples = append(samples, int16(i*MaxChannels+c))
		}
	}
	return samples
}

func newTestWAV(t testing.TB, file *os.File, format Format) *WAV {
	t.Helper()
	w, err := NewWAV(file, format)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func write(t testing.TB, w *WAV, samples []int16) {
	t.Helper()
	if n, err := w.Write(samples); n != len(samples) || err != nil {
		t.Fatalf("wrote %d samples of %d: %v", n, len(samples), err)
	}
}

// all reads what there is until io.EOF.
func all(t testing.TB, r *Reader) []int16 {
	t.Helper()
	var samples []int16
	buffer := make([]int16, 1000)
	for {
		n, err := r.Read(buffer)
		samples = append(samples, buffer[:n]...)
		if err == io.EOF {
			return samples
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func newTestReader(t testing.TB, file *os.File) *Reader {
	t.Helper()
	r, err := NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func expectSamples(t testing.TB, got, want []int16) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("the file holds %d samples, which are not the %d written", len(got), len(want))
	}
}

func TestAWAVIsWholeAfterEachWrite(t *testing.T) {
	for _, channels := range []int{1, 2} {
		format := Format{RateHz: 16000, Channels: channels}
		file := temporary(t)
		w := newTestWAV(t, file, format)
		for i := range 5 {
			write(t, w, numbered(format, i*320, 320))
			data, err := os.ReadFile(file.Name())
			if err != nil {
				t.Fatal(err)
			}
			audio, err := player.ParseWAV(data)
			if err != nil || audio.RateHz != 16000 || len(audio.Samples) != (i+1)*320 {
				t.Fatalf("after %d frames the file holds %v (%v)", w.Frames(), audio, err)
			}
		}
	}
}

func TestAWAVOfManyChannelsHoldsThemInOrder(t *testing.T) {
	for channels := 1; channels <= MaxChannels; channels++ {
		format := Format{RateHz: 16000, Channels: channels}
		file := temporary(t)
		w := newTestWAV(t, file, format)
		want := numbered(format, 0, 20000)
		write(t, w, want)
		r := newTestReader(t, file)
		if r.Format() != format {
			t.Errorf("%d channels are read as %v", channels, r.Format())
		}
		expectSamples(t, all(t, r), want)
	}
}

func TestAReaderSeesAFileGrow(t *testing.T) {
	format := Format{RateHz: 16000, Channels: 3}
	file := temporary(t)
	w := newTestWAV(t, file, format)
	r := newTestReader(t, file)
	for i := range 4 {
		if n, err := r.Read(make([]int16, 300)); n != 0 || err != io.EOF {
			t.Fatalf("read %d samples (%v) where none are yet", n, err)
		}
		more := numbered(format, i*500, 500)
		write(t, w, more)
		expectSamples(t, all(t, r), more)
	}
}

func TestAReaderSeesNoFrameBeforeItsHeaderTellsOfIt(t *testing.T) {
	format := Format{RateHz: 16000, Channels: 1}
	file := temporary(t)
	w := newTestWAV(t, file, format)
	write(t, w, numbered(format, 0, 100))
	if _, err := file.WriteAt([]byte{1, 2, 3}, w.end()); err != nil {
		t.Fatal(err)
	}
	expectSamples(t, all(t, newTestReader(t, file)), numbered(format, 0, 100))
}

func TestAFileCutAnywhereIsRecoveredToItsWholeFrames(t *testing.T) {
	for _, channels := range []int{1, 2, 5} {
		format := Format{RateHz: 16000, Channels: channels}
		file := temporary(t)
		w := newTestWAV(t, file, format)
		write(t, w, numbered(format, 0, 64))
		told := w.format.headerBytes()
		whole, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for cut := range whole {
			expectRecovered(t, whole[:cut], format, max(0, cut-told)/format.frameBytes(), cut >= told)
		}
	}
}

// expectRecovered recovers a file, appends to it and reads all of it.
func expectRecovered(t *testing.T, data []byte, format Format, frames int, started bool) {
	t.Helper()
	file := temporary(t)
	if _, err := file.Write(data); err != nil {
		t.Fatal(err)
	}
	w, err := RecoverWAV(file)
	if !started {
		if !errors.Is(err, ErrNotStarted) {
			t.Fatalf("a file of %d bytes is recovered with %v, want %v", len(data), err, ErrNotStarted)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if w.Frames() != int64(frames) || w.Format() != format {
		t.Fatalf("of %d bytes, %d frames of %v are recovered, want %d of %v", len(data), w.Frames(), w.Format(), frames, format)
	}
	write(t, w, numbered(format, frames, 10))
	expectSamples(t, all(t, newTestReader(t, file)), numbered(format, 0, frames+10))
	_ = file.Close()
}

func TestFramesThatTheHeaderDoesNotTellOfAreRecovered(t *testing.T) {
	format := Format{RateHz: 8000, Channels: 2}
	file := temporary(t)
	w := newTestWAV(t, file, format)
	write(t, w, numbered(format, 0, 100))
	if _, err := w.append(numbered(format, 100, 50)); err != nil {
		t.Fatal(err)
	}
	recovered, err := RecoverWAV(file)
	if err != nil || recovered.Frames() != 150 {
		t.Fatalf("recovered %v (%v), want 150 frames", recovered, err)
	}
	expectSamples(t, all(t, newTestReader(t, file)), numbered(format, 0, 150))
}

// The file has a hole of 4 GiB, which takes no space.
func TestPastFourGiBAWAVBecomesRF64InPlace(t *testing.T) {
	for _, channels := range []int{1, 5} {
		format := Format{RateHz: 16000, Channels: channels}
		file := temporary(t)
		newTestWAV(t, file, format)
		largest := (int64(math.MaxUint32) - int64(format.headerBytes()) + 8 - 1) / int64(format.frameBytes())
		if err := file.Truncate(int64(format.headerBytes()) + largest*int64(format.frameBytes())); err != nil {
			t.Fatal(err)
		}
		w, err := RecoverWAV(file)
		if err != nil || w.Frames() != largest {
			t.Fatalf("recovered %v (%v), want %d frames", w, err, largest)
		}
		expectKind(t, file, "RIFF", "JUNK")
		tail := numbered(format, 7, 16000)
		write(t, w, tail)
		expectKind(t, file, "RF64", "ds64")
		expectTail(t, file, tail, largest+16000)

		w, err = RecoverWAV(file)
		if err != nil || w.Frames() != largest+16000 {
			t.Fatalf("recovered %v (%v), want %d frames", w, err, largest+16000)
		}
		expectTail(t, file, tail, w.Frames())
	}
}

func expectKind(t *testing.T, file *os.File, kind, wide string) {
	t.Helper()
	head := make([]byte, 16)
	if _, err := file.ReadAt(head, 0); err != nil {
		t.Fatal(err)
	}
	if string(head[:4]) != kind || string(head[12:]) != wide {
		t.Fatalf("the file begins as %q", head)
	}
}

// expectTail reads the last frames of a file, which a strict reader finds too.
func expectTail(t *testing.T, file *os.File, tail []int16, frames int64) {
	t.Helper()
	r := newTestReader(t, file)
	if r.header.frames != frames {
		t.Fatalf("the header tells of %d frames, want %d", r.header.frames, frames)
	}
	r.at = frames - int64(len(tail)/r.Format().Channels)
	expectSamples(t, all(t, r), tail)
}

func TestAWriteThatAFullDiskCutsShortLeavesAWholeFile(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = full.Close() }()
	format := Format{RateHz: 16000, Channels: 2}
	file := temporary(t)
	w := newTestWAV(t, file, format)
	write(t, w, numbered(format, 0, 100))
	w.file = full
	if n, err := w.Write(numbered(format, 100, 100)); n != 0 || err == nil {
		t.Fatalf("wrote %d samples to a full disk (%v)", n, err)
	}
	w.file = file
	write(t, w, numbered(format, 100, 100))
	expectSamples(t, all(t, newTestReader(t, file)), numbered(format, 0, 200))
}

func TestAFileOfSomebodyElseIsRefusedAndLeftAlone(t *testing.T) {
	data := player.WAV(&player.Audio{RateHz: 16000, Samples: make([]int16, 1000)})
	file := temporary(t)
	if _, err := file.Write(data); err != nil {
		t.Fatal(err)
	}
	if _, err := RecoverWAV(file); !errors.Is(err, errNotOurs) {
		t.Errorf("recovered with %v, want %v", err, errNotOurs)
	}
	if after, _ := os.ReadFile(file.Name()); !slices.Equal(after, data) {
		t.Error("the file was changed")
	}
}

func TestFormatsThatAWAVCannotHaveAreRefused(t *testing.T) {
	for _, format := range []Format{{7999, 1}, {48001, 1}, {16000, 0}, {16000, MaxChannels + 1}} {
		var refused *FormatError
		if _, err := NewWAV(temporary(t), format); !errors.As(err, &refused) {
			t.Errorf("%v is refused with %v", format, err)
		}
	}
}

func TestDurationsAreExact(t *testing.T) {
	for _, c := range []struct {
		rate   int
		frames int64
		want   time.Duration
	}{{16000, 1, 62500}, {16000, 57600000, time.Hour}, {44100, 44100 * 1000000, 1000000 * time.Second}} {
		if got := (Format{c.rate, 1}).Duration(c.frames); got != c.want {
			t.Errorf("%d frames at %d Hz last %v, want %v", c.frames, c.rate, got, c.want)
		}
	}
}

// FuzzRecoverWAV recovers what any process may have left: there is an error, or a
// file that is read to its end.
func FuzzRecoverWAV(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, format := range []Format{{16000, 1}, {8000, 2}, {48000, 5}} {
		for _, frames := range []int64{0, 3, 1 << 33} {
			tail := make([]byte, random.IntN(100))
			f.Add(append(format.header(frames), tail...))
		}
	}
	f.Add(binary.LittleEndian.AppendUint32([]byte("RIFF"), 100))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := temporary(t)
		if _, err := file.Write(data); err != nil {
			t.Fatal(err)
		}
		w, err := RecoverWAV(file)
		if err != nil {
			return
		}
		size, err := fileSize(file)
		if err != nil || size != w.end() || size > int64(len(data)) || int64(len(data))-size >= int64(w.Format().frameBytes()) {
			t.Fatalf("%d bytes became %d with %d frames of %v (%v)", len(data), size, w.Frames(), w.Format(), err)
		}
		got := all(t, newTestReader(t, file))
		if len(got) != int(w.Frames())*w.Format().Channels {
			t.Fatalf("%d samples are read of %d frames of %v", len(got), w.Frames(), w.Format())
		}
	})
}
