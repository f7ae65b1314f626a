package player

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"strowger/internal/media/codec"
)

const (
	minRateHz = 4000
	maxRateHz = 192000

	// MaxDuration is the longest sound that is read from one file: 58 MB at
	// 16 kHz. A longer one is refused, not cut.
	MaxDuration = 30 * time.Minute
)

// ErrNotWAV is wrapped when a file is not a RIFF WAVE file at all.
var ErrNotWAV = errors.New("not a WAV file")

// Audio is a file's sound, mixed to mono, at the file's own rate.
type Audio struct {
	RateHz  int
	Samples []int16
}

// Duration is how long the sound lasts.
func (a *Audio) Duration() time.Duration {
	return time.Duration(len(a.Samples)) * time.Second / time.Duration(a.RateHz)
}

// Bytes is the memory that the samples take.
func (a *Audio) Bytes() int { return 2 * len(a.Samples) }

// Prompt brings the sound to a rate of sources. At its own rate it shares its
// samples with the prompt.
func (a *Audio) Prompt(rateHz int) *Prompt {
	if a.RateHz == rateHz {
		return &Prompt{rateHz: rateHz, samples: a.Samples}
	}
	return &Prompt{rateHz: rateHz, samples: codec.Resample(a.Samples, a.RateHz, rateHz)}
}

// Format codes of the fmt chunk.
const (
	formatPCM        = 0x0001
	formatFloat      = 0x0003
	formatALaw       = 0x0006
	formatULaw       = 0x0007
	formatExtensible = 0xfffe
)

// format is what the fmt chunk says.
type format struct {
	code     int
	channels int
	rateHz   int
	align    int // bytes of one sample of all channels
	bits     int
}

// ParseWAV reads a WAV file: PCM of 8, 16, 24 or 32 bits, 32-bit float or
// G.711, mono or stereo, 4 to 192 kHz. Chunks that it does not know are passed
// over. A data chunk whose length is wrong, as programs leave it that write to
// a pipe, ends with the file.
func ParseWAV(file []byte) (*Audio, error) {
	if len(file) < 12 || string(file[:4]) != "RIFF" || string(file[8:12]) != "WAVE" {
		return nil, fmt.Errorf("wav: %w", ErrNotWAV)
	}
	var f *format
	for rest := file[12:]; ; {
		id, body, after, ok := nextChunk(rest)
		switch {
		case !ok && f == nil:
			return nil, errors.New("wav: no fmt chunk")
		case !ok:
			return nil, errors.New("wav: no data chunk")
		case id == "fmt ":
			parsed, err := parseFormat(body)
			if err != nil {
				return nil, err
			}
			f = parsed
		case id == "data" && f == nil:
			return nil, errors.New("wav: data before its fmt chunk")
		case id == "data":
			if len(body) == 0 && neverFinished(file, len(file)-len(after)) {
				body = after
			}
			return f.decode(body)
		}
		rest = after
	}
}

// neverFinished reports whether a program that could not seek left the lengths
// as they were before there was any sound: the file claims to end where its
// empty data chunk begins.
func neverFinished(file []byte, dataAt int) bool {
	claimed := uint64(binary.LittleEndian.Uint32(file[4:]))
	return claimed == math.MaxUint32 || claimed+8 <= uint64(dataAt)
}

// nextChunk splits the first chunk off. A chunk that claims more than there is
// gets what there is.
func nextChunk(b []byte) (id string, body, after []byte, ok bool) {
	if len(b) < 8 {
		return "", nil, nil, false
	}
	id = string(b[:4])
	claimed := uint64(binary.LittleEndian.Uint32(b[4:]))
	b = b[8:]
	size := min(claimed, uint64(len(b)))
	body, after = b[:size], b[size:]
	if size%2 == 1 && len(after) > 0 && after[0] == 0 {
		after = after[1:] // chunks are padded to even lengths, if not by everyone
	}
	return id, body, after, true
}

func parseFormat(body []byte) (*format, error) {
	if len(body) < 16 {
		return nil, fmt.Errorf("wav: fmt chunk of %d bytes is too short", len(body))
	}
	f := &format{
		code:     int(binary.LittleEndian.Uint16(body)),
		channels: int(binary.LittleEndian.Uint16(body[2:])),
		rateHz:   int(binary.LittleEndian.Uint32(body[4:])),
		align:    int(binary.LittleEndian.Uint16(body[12:])),
		bits:     int(binary.LittleEndian.Uint16(body[14:])),
	}
	if f.code == formatExtensible {
		// The real code is the start of the sub-format's GUID.
		if len(body) < 26 {
			return nil, fmt.Errorf("wav: extensible fmt chunk of %d bytes is too short", len(body))
		}
		f.code = int(binary.LittleEndian.Uint16(body[24:]))
	}
	return f, f.validate()
}

func (f *format) validate() error {
	switch {
	case f.sample() == nil:
		return fmt.Errorf("wav: format %#04x of %d bits is not supported", f.code, f.bits)
	case f.channels != 1 && f.channels != 2:
		return fmt.Errorf("wav: %d channels are not supported", f.channels)
	case f.rateHz < minRateHz || f.rateHz > maxRateHz:
		return fmt.Errorf("wav: a rate of %d Hz is outside %d to %d", f.rateHz, minRateHz, maxRateHz)
	case f.align != f.channels*f.bits/8:
		return fmt.Errorf("wav: block align %d does not fit %d channels of %d bits", f.align, f.channels, f.bits)
	}
	return nil
}

func (f *format) decode(data []byte) (*Audio, error) {
	n := len(data) / f.align
	if limit := int(MaxDuration/time.Second) * f.rateHz; n > limit {
		return nil, fmt.Errorf("wav: longer than %v", MaxDuration)
	}
	sample, width := f.sample(), f.bits/8
	a := &Audio{RateHz: f.rateHz, Samples: make([]int16, n)}
	for i := range a.Samples {
		at := data[i*f.align:]
		v := sample(at)
		if f.channels == 2 {
			v = (v + sample(at[width:])) / 2
		}
		a.Samples[i] = int16(v)
	}
	return a, nil
}

// sample is how to read one sample as 16 bits, or nil when the format is not
// supported.
func (f *format) sample() func([]byte) int {
	switch [2]int{f.code, f.bits} {
	case [2]int{formatPCM, 8}:
		return func(b []byte) int { return (int(b[0]) - 128) << 8 }
	case [2]int{formatPCM, 16}:
		return func(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b))) }
	case [2]int{formatPCM, 24}:
		return func(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b[1:]))) }
	case [2]int{formatPCM, 32}:
		return func(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b[2:]))) }
	case [2]int{formatFloat, 32}:
		return floatSample
	case [2]int{formatALaw, 8}:
		return lawSample(codec.PCMA)
	case [2]int{formatULaw, 8}:
		return lawSample(codec.PCMU)
	}
	return nil
}

func floatSample(b []byte) int {
	v := float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) * 32768
	if math.IsNaN(v) {
		return 0
	}
	return int(math.Round(min(max(v, math.MinInt16), math.MaxInt16)))
}

func lawSample(c *codec.Codec) func([]byte) int {
	decoder := c.NewDecoder("")
	return func(b []byte) int {
		var v [1]int16
		decoder.Decode(v[:], b[:1])
		return int(v[0])
	}
}

// WAV makes a file of 16-bit mono PCM.
func WAV(a *Audio) []byte {
	size := 2 * len(a.Samples)
	file := make([]byte, 0, 44+size)
	put := binary.LittleEndian
	file = append(file, "RIFF"...)
	file = put.AppendUint32(file, uint32(36+size))
	file = append(file, "WAVEfmt "...)
	file = put.AppendUint32(file, 16)
	file = put.AppendUint16(file, formatPCM)
	file = put.AppendUint16(file, 1)
	file = put.AppendUint32(file, uint32(a.RateHz))
	file = put.AppendUint32(file, uint32(2*a.RateHz))
	file = put.AppendUint16(file, 2)
	file = put.AppendUint16(file, 16)
	file = append(file, "data"...)
	file = put.AppendUint32(file, uint32(size))
	for _, s := range a.Samples {
		file = put.AppendUint16(file, uint16(s))
	}
	return file
}
