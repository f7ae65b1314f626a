package players

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strconv"
	"testing"
)

// Info is what ffprobe says of a file with one stream of sound.
type Info struct {
	Codec    string
	RateHz   int
	Channels int
	Seconds  float64
}

// Probe asks ffprobe.
func Probe(t testing.TB, path string) Info {
	t.Helper()
	out := run(t, "ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", path)
	var said struct {
		Streams []struct {
			Codec    string `json:"codec_name"`
			RateHz   int    `json:"sample_rate,string"`
			Channels int
		}
		Format struct {
			Seconds float64 `json:"duration,string"`
		}
	}
	if err := json.Unmarshal(out, &said); err != nil || len(said.Streams) != 1 {
		t.Fatalf("ffprobe says of %s: %s (%v)", path, out, err)
	}
	stream := said.Streams[0]
	return Info{Codec: stream.Codec, RateHz: stream.RateHz, Channels: stream.Channels, Seconds: said.Format.Seconds}
}

// Decode gives the samples that ffmpeg plays, all channels side by side, at a rate.
// Options such as -ss come before the file. Anything that it complains of fails the
// test.
func Decode(t testing.TB, path string, rateHz int, options ...string) []int16 {
	t.Helper()
	return samplesOf(run(t, "ffmpeg", append(append([]string{"-v", "warning"}, options...), decoding(path, rateHz)...)...))
}

// DecodeBroken gives the samples that ffmpeg plays of a file that is cut, whatever it
// says of its end.
func DecodeBroken(t testing.TB, path string, rateHz int) []int16 {
	t.Helper()
	out, err := exec.Command("ffmpeg", append([]string{"-v", "quiet"}, decoding(path, rateHz)...)...).Output()
	if err != nil {
		t.Fatalf("ffmpeg plays nothing of %s: %v", path, err)
	}
	return samplesOf(out)
}

func decoding(path string, rateHz int) []string {
	return []string{"-i", path, "-f", "s16le", "-ar", strconv.Itoa(rateHz), "-"}
}

func samplesOf(out []byte) []int16 {
	samples := make([]int16, len(out)/2)
	for i := range samples {
		samples[i] = int16(out[2*i]) | int16(out[2*i+1])<<8
	}
	return samples
}

// run gives what a program prints, and fails the test when it prints an error.
func run(t testing.TB, name string, arguments ...string) []byte {
	t.Helper()
	var out, complaints bytes.Buffer
	command := exec.Command(name, arguments...)
	command.Stdout, command.Stderr = &out, &complaints
	if err := command.Run(); err != nil || complaints.Len() > 0 {
		t.Fatalf("%s %v: %v\n%s", name, arguments, err, complaints.Bytes())
	}
	return out.Bytes()
}
