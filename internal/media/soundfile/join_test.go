package soundfile

import (
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"testing/iotest"
)

func TestFilesAreJoinedToOneOfTheMostChannels(t *testing.T) {
	var files []*os.File
	var want []int16
	for i, channels := range []int{1, 2, 2, 5} {
		format := Format{16000, channels}
		sound := numbered(format, 20000*i, 20000-i)
		files = append(files, temporary(t))
		write(t, newTestWAV(t, files[i], format), sound)
		for part := range slices.Chunk(sound, channels) {
			want = append(append(want, part...), make([]int16, 5-channels)...)
		}
	}
	whole := temporary(t)
	write(t, newTestWAV(t, whole, Format{16000, 5}), want)
	expected, err := os.ReadFile(whole.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, halves := range []bool{false, true} {
		r, err := Join(5, files...)
		if err != nil {
			t.Fatal(err)
		}
		if halves {
			r = iotest.HalfReader(r)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != string(expected) {
			t.Errorf("joined they have %d bytes (%v), want %d, or others", len(got), err, len(expected))
		}
	}
}

func TestWhatDoesNotFitTogetherIsNotJoined(t *testing.T) {
	narrow, wide := temporary(t), temporary(t)
	write(t, newTestWAV(t, narrow, Format{8000, 1}), make([]int16, 10))
	write(t, newTestWAV(t, wide, Format{16000, 3}), make([]int16, 30))
	var refused *FormatError
	if _, err := Join(3, narrow, wide); !errors.As(err, &refused) {
		t.Errorf("two rates: %v", err)
	}
	if _, err := Join(2, wide); !errors.As(err, &refused) {
		t.Errorf("three channels in two: %v", err)
	}
	if _, err := Join(1, temporary(t)); !errors.Is(err, ErrNotStarted) {
		t.Errorf("nothing: %v", err)
	}
}
