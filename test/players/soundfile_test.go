package players

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
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
	// late is by how many frames the sound comes late in a file that grows: the head
	// of an MP3 is written last, and of fragments ffmpeg heeds no edit list.
	late int
}

var kinds = []kind{
	{soundfile.MP3, "mp3", "mp3", 3 * 576, 576 + 576 + 529},
	{soundfile.AAC, "mp4", "aac", 0, 1600},
	{soundfile.Opus, "mp4", "opus", 0, 0},
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

func TestFFmpegReadsWAVsOfAnyNumberOfChannelsInOrder(t *testing.T) {
	for channels := 1; channels <= soundfile.MaxChannels; channels++ {
		var sound [][]int16
		for c := range channels {
			sound = append(sound, noise(uint64(c), 16000))
		}
		format := soundfile.Format{RateHz: 16000, Channels: channels}
		file := create(t, "wav")
		wav, err := soundfile.NewWAV(file, format)
		if err != nil {
			t.Fatal(err)
		}
		want := interleave(sound...)
		if _, err := wav.Write(want); err != nil {
			t.Fatal(err)
		}
		if info := Probe(t, file.Name()); info != (Info{"pcm_s16le", 16000, channels, 1}) {
			t.Errorf("of %d channels, ffprobe says %+v", channels, info)
		}
		// It says that it guesses a layout where channels have no places.
		if got := Decode(t, file.Name(), 16000, "-guess_layout_max", "0"); !slices.Equal(got, want) {
			t.Errorf("%d channels are not what they were", channels)
		}
	}
}

// The file has a hole, which takes no space.
func TestFFmpegFindsTheEndOfAWAVPastFourGiB(t *testing.T) {
	format := soundfile.Format{RateHz: 16000, Channels: 1}
	file := create(t, "wav")
	if _, err := soundfile.NewWAV(file, format); err != nil {
		t.Fatal(err)
	}
	const hours = 40
	if err := file.Truncate(80 + hours*3600*32000); err != nil {
		t.Fatal(err)
	}
	wav, err := soundfile.RecoverWAV(file)
	if err != nil {
		t.Fatal(err)
	}
	tail := noise(1, 16000)
	if _, err := wav.Write(tail); err != nil {
		t.Fatal(err)
	}
	if info := Probe(t, file.Name()); info.Seconds != hours*3600+1 {
		t.Errorf("ffprobe says %+v, want %d s", info, hours*3600+1)
	}
	if got := Decode(t, file.Name(), 16000, "-guess_layout_max", "0", "-ss", fmt.Sprint(hours*3600)); !slices.Equal(got, tail) {
		t.Errorf("the last second has %d samples, and is not what it was", len(got))
	}
}

// Killed anywhere, an encoder leaves a file of which all is heard but about the last
// second. The same bytes are there whether a process was killed or its file is cut.
func TestAGrowingFileCutAnywhereIsPlayedUpToThere(t *testing.T) {
	format := soundfile.Format{RateHz: 16000, Channels: 1}
	sound := noise(1, 20*16000)
	random := rand.New(rand.NewPCG(1, 1))
	for _, k := range kinds {
		file := create(t, k.extension)
		encoder, err := soundfile.NewEncoder(file, k.codec, format)
		if err != nil {
			t.Fatal(err)
		}
		if err := encoder.Write(sound); err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := encoder.Close(); err != nil {
			t.Fatal(err)
		}
		for range 12 {
			// In the first quarter there may be no whole fragment.
			cut := len(whole)/4 + random.IntN(len(whole)*3/4)
			expectCut(t, k, whole, cut, sound)
		}
	}
}

func expectCut(t *testing.T, k kind, whole []byte, cut int, sound []int16) {
	t.Helper()
	file := create(t, k.extension)
	if _, err := file.Write(whole[:cut]); err != nil {
		t.Fatal(err)
	}
	got := DecodeBroken(t, file.Name(), 16000)
	// Encoders make more of one second than of another.
	least := int(0.9*float64(len(sound))*float64(cut)/float64(len(whole))) - 2*16000
	if len(got) < least {
		t.Errorf("%v: of %d bytes of %d, %d samples are heard, want %d", k.codec, cut, len(whole), len(got), least)
		return
	}
	for _, at := range []int{3000, least - 4000} {
		expectAt(t, got, sound[at:at+2000], at+k.late)
	}
}

// An hour, at whose beginning, middle and end there is a sound. The clock of a
// decoder that drifted would show at the end.
func TestAnHourDoesNotDrift(t *testing.T) {
	const second, hour = 16000, 3600 * 16000
	format := soundfile.Format{RateHz: second, Channels: 1}
	sound := make([]int16, hour)
	// Silence is not quite silent: ffmpeg decodes Opus ten times slower where it is.
	for i, step := range noise(9, second) {
		for at := i; at < hour; at += second {
			sound[at] = step / 500
		}
	}
	marks := []int{second, hour / 2, hour - second}
	for i, at := range marks {
		copy(sound[at:], noise(uint64(i), second))
	}
	for _, k := range kinds {
		t.Run(k.codec.String(), func(t *testing.T) {
			path := encoded(t, k, format, sound)
			expectLength(t, k, format, Probe(t, path), hour)
			got := Decode(t, path, second)
			for _, at := range marks {
				expectAt(t, got, sound[at+4000:at+6000], at+4000)
			}
			// Sought, it is found too. A player of MP3 guesses places in the file.
			if k.codec != soundfile.MP3 {
				got = Decode(t, path, second, "-ss", "1800")
				expectAt(t, got, sound[hour/2+4000:hour/2+6000], 4000)
			}
		})
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
