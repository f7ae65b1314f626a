package players

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"strowger/internal/media/soundfile"
)

// kind is a compressed file and what it is called.
type kind struct {
	codec     soundfile.Codec
	extension string
	name      string // by ffprobe
	// excess is how many frames more than there are ffprobe may tell of: it counts
	// what is in the packets of an MP3, whose head says which of it is to be heard.
	excess int
}

var kinds = []kind{
	{soundfile.MP3, "mp3", "mp3", 3 * 576},
	{soundfile.AAC, "mp4", "aac", 0},
	{soundfile.Opus, "mp4", "opus", 0},
}

// create makes an empty file.
func create(t *testing.T, extension string) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "sound."+extension))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func encoded(t *testing.T, k kind, format soundfile.Format, samples []int16) string {
	t.Helper()
	file := create(t, k.extension)
	encoder, err := soundfile.NewEncoder(file, k.codec, format)
	if err != nil {
		t.Fatal(err)
	}
	if err := encoder.Write(samples); err != nil {
		t.Fatal(err)
	}
	if err := encoder.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

func TestPlayersFindTheSoundOfEveryFormatWhereItWas(t *testing.T) {
	for _, k := range kinds {
		for _, format := range []soundfile.Format{{RateHz: 16000, Channels: 1}, {RateHz: 16000, Channels: 2}, {RateHz: 8000, Channels: 1}, {RateHz: 48000, Channels: 2}} {
			t.Run(fmt.Sprintf("%v/%d_Hz_%d", k.codec, format.RateHz, format.Channels), func(t *testing.T) {
				expectSameSound(t, k, format)
			})
		}
	}
}

func expectSameSound(t *testing.T, k kind, format soundfile.Format) {
	const frames = 100000
	var sound [][]int16
	for c := range format.Channels {
		sound = append(sound, noise(uint64(c), frames))
	}
	path := encoded(t, k, format, interleave(sound...))
	info := Probe(t, path)
	expectLength(t, k, format, info, frames)
	if info.Codec != k.name || info.Channels != format.Channels {
		t.Errorf("ffprobe says %+v", info)
	}
	got := Decode(t, path, format.RateHz)
	for c := range sound {
		one := channel(got, c, format.Channels)
		for _, at := range []int{0, 3000, 50000, frames - 2000} {
			expectAt(t, one, sound[c][at:at+2000], at)
		}
	}
}

// expectLength fails unless ffprobe told of so many frames.
func expectLength(t *testing.T, k kind, format soundfile.Format, info Info, frames int) {
	t.Helper()
	more := info.Seconds*float64(format.RateHz) - float64(frames)
	if more < -1 || more > float64(k.excess+1) {
		t.Errorf("ffprobe says %.4f s, which are %.0f frames more than %d", info.Seconds, more, frames)
	}
}
