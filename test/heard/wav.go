package heard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"
)

// Sound is mono 16-bit PCM.
type Sound struct {
	RateHz  int
	Samples []int16
}

// Length is how long the sound lasts.
func (s Sound) Length() time.Duration {
	if s.RateHz == 0 {
		return 0
	}
	return time.Duration(len(s.Samples)) * time.Second / time.Duration(s.RateHz)
}

// Between cuts out the part from one moment to another, as far as it exists.
func (s Sound) Between(from, to time.Duration) Sound {
	at := func(d time.Duration) int {
		return min(max(int(d*time.Duration(s.RateHz)/time.Second), 0), len(s.Samples))
	}
	return Sound{RateHz: s.RateHz, Samples: s.Samples[at(from):max(at(from), at(to))]}
}

// ReadFile reads a WAV file that may still be growing: while a phone records,
// the header's sizes are not yet true, so the data ends where the file ends.
func ReadFile(path string) (Sound, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Sound{}, fmt.Errorf("read recording: %w", err)
	}
	sound, err := Decode(data)
	if err != nil {
		return Sound{}, fmt.Errorf("read recording %s: %w", path, err)
	}
	return sound, nil
}

// Decode reads 16-bit PCM WAV bytes; of several channels it takes the first.
func Decode(data []byte) (Sound, error) {
	channels, err := DecodeAll(data)
	if err != nil {
		return Sound{}, err
	}
	return channels[0], nil
}

// DecodeAll reads the channels of 16-bit PCM WAV bytes.
func DecodeAll(data []byte) ([]Sound, error) {
	if len(data) < 12 || !bytes.Equal(data[0:4], []byte("RIFF")) || !bytes.Equal(data[8:12], []byte("WAVE")) {
		return nil, errors.New("not a WAV file")
	}
	var rate, channels, bits int
	for rest := data[12:]; len(rest) >= 8; {
		name, size := string(rest[0:4]), int(binary.LittleEndian.Uint32(rest[4:8]))
		body := rest[8:]
		if name == "data" {
			if channels == 0 || bits != 16 {
				return nil, fmt.Errorf("%d channels of %d bits are not 16-bit PCM", channels, bits)
			}
			if size == 0 || size > len(body) {
				size = len(body)
			}
			all := make([]Sound, channels)
			for i := range all {
				all[i] = Sound{RateHz: rate, Samples: channel(body[:size], i, channels)}
			}
			return all, nil
		}
		if size < 0 || size > len(body) {
			return nil, fmt.Errorf("chunk %q runs past the end", name)
		}
		if name == "fmt " && size >= 16 {
			channels = int(binary.LittleEndian.Uint16(body[2:4]))
			rate = int(binary.LittleEndian.Uint32(body[4:8]))
			bits = int(binary.LittleEndian.Uint16(body[14:16]))
		}
		rest = body[min(size+size%2, len(body)):]
	}
	return nil, errors.New("no data chunk")
}

func channel(pcm []byte, n, channels int) []int16 {
	frame := 2 * channels
	samples := make([]int16, len(pcm)/frame)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(pcm[i*frame+2*n:]))
	}
	return samples
}
