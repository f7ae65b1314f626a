package player

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"strowger/internal/media/codec"
)

// Format codes of the fmt chunk that are played.
const (
	formatPCM        = 0x0001
	formatFloat      = 0x0003
	formatALaw       = 0x0006
	formatULaw       = 0x0007
	formatExtensible = 0xfffe
)

// formatNames are the format codes, played or not, by the names that people know
// them by.
var formatNames = map[int]string{
	0x0000: "an unknown format", formatPCM: "PCM", 0x0002: "Microsoft ADPCM", formatFloat: "floating-point PCM",
	0x0005: "IBM CVSD", formatALaw: "A-law", formatULaw: "µ-law", 0x0010: "OKI ADPCM", 0x0011: "IMA ADPCM",
	0x0014: "G.723 ADPCM", 0x0016: "G.721 ADPCM", 0x0022: "DSP TrueSpeech", 0x0031: "GSM 6.10", 0x0034: "G.728", 0x0040: "G.721 ADPCM",
	0x0042: "G.723.1", 0x0045: "G.726 ADPCM", 0x0050: "MPEG audio", 0x0055: "MPEG Layer-3", 0x0064: "G.726 ADPCM",
	0x0065: "G.722 ADPCM", 0x0083: "G.729", 0x0092: "Dolby AC-3", 0x00ff: "AAC", 0x0160: "Windows Media Audio 1",
	0x0161: "Windows Media Audio 2", 0x0162: "Windows Media Audio Pro", 0x0163: "Windows Media Audio Lossless",
	0x1610: "AAC", 0x2000: "Dolby AC-3", 0x2001: "DTS", 0x674f: "Ogg Vorbis", 0x6750: "Ogg Vorbis", 0x6751: "Ogg Vorbis",
	0x704f: "Opus", 0xa109: "Speex", 0xf1ac: "FLAC",
}

// kinds are files that are not WAV, by how they begin.
var kinds = []struct {
	at    int
	magic string
	name  string
}{
	{0, "RIFX", "a big-endian WAV file (RIFX)"}, {8, "AVI ", "an AVI video"}, {0, "riff.\x91\xcf\x11", "a Sony Wave64 file"},
	{0, "ID3", "an MP3 file"}, {0, "\xff\xfb", "an MP3 file"}, {0, "\xff\xf3", "an MP3 file"}, {0, "\xff\xf2", "an MP3 file"},
	{0, "\xff\xf1", "an AAC file"}, {0, "\xff\xf9", "an AAC file"},
	{0, "OggS", "an Ogg file"}, {0, "fLaC", "a FLAC file"}, {4, "ftyp", "an MP4 file"}, {0, "\x1aE\xdf\xa3", "a WebM or Matroska file"},
	{0, "FORM", "an AIFF file"}, {0, ".snd", "an AU file"}, {0, "caff", "a Core Audio file"}, {0, "#!AMR", "an AMR file"},
	{0, "0&\xb2u", "a Windows Media file"}, {0, "MThd", "a MIDI file"}, {0, "\x1f\x8b", "a gzip archive"}, {0, "PK\x03\x04", "a ZIP archive"},
}

// kindOf names what a file is that begins so and is not WAV.
func kindOf(head []byte) string {
	if len(head) == 0 {
		return "an empty file"
	}
	for _, k := range kinds {
		if len(head) > k.at && bytes.HasPrefix(head[k.at:], []byte(k.magic)) {
			return k.name
		}
	}
	switch text := bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"); {
	case len(text) > 0 && text[0] == '<':
		return "a page or document (HTML or XML)"
	case len(text) > 0 && (text[0] == '{' || text[0] == '['):
		return "a JSON document"
	}
	return fmt.Sprintf("something that begins with %.8q", head)
}

// format is what the fmt chunk says, and what follows from it.
type format struct {
	code     int
	channels int
	rateHz   int
	bits     int // of one sample, as said
	width    int // bytes of one sample of one channel
	align    int // bytes of one sample of all channels
}

func parseFormat(body []byte) (*format, error) {
	f := &format{
		code:     int(binary.LittleEndian.Uint16(body)),
		channels: int(binary.LittleEndian.Uint16(body[2:])),
		rateHz:   int(binary.LittleEndian.Uint32(body[4:])),
		bits:     int(binary.LittleEndian.Uint16(body[14:])),
	}
	if f.code == formatExtensible {
		// The real code is the start of the sub-format's GUID.
		if len(body) < 26 {
			return nil, problem("extensible fmt chunk of %d bytes is too short", len(body))
		}
		f.code = int(binary.LittleEndian.Uint16(body[24:]))
	}
	f.width = (f.bits + 7) / 8
	if f.code == formatALaw || f.code == formatULaw {
		f.width = 1
	}
	// Samples of 24 bits in 4 bytes each: two fields that say the same are believed.
	byteRate, align := int(binary.LittleEndian.Uint32(body[8:])), int(binary.LittleEndian.Uint16(body[12:]))
	if wide := 4 * f.channels; f.code == formatPCM && f.width == 3 && align == wide && byteRate == wide*f.rateHz {
		f.width = 4
	}
	f.align = f.channels * f.width
	return f, f.validate()
}

func (f *format) validate() error {
	switch {
	case f.sample() == nil:
		name, known := formatNames[f.code]
		if !known {
			name = "an unknown format"
		}
		if f.code == formatPCM || f.code == formatFloat {
			return problem("%s of %d bits in WAV (0x%04x) is not supported", name, f.bits, f.code)
		}
		return problem("%s in WAV (0x%04x) is not supported", name, f.code)
	case f.channels != 1 && f.channels != 2:
		return problem("%d channels are not supported", f.channels)
	case f.rateHz < minRateHz || f.rateHz > maxRateHz:
		return problem("a rate of %d Hz is outside %d to %d", f.rateHz, minRateHz, maxRateHz)
	}
	return nil
}

// decode fills dst with the samples of whole frames of all channels and returns how
// many they are.
func (f *format) decode(dst []int16, raw []byte) int {
	sample, n := f.sample(), len(raw)/f.align
	for i := range n {
		at := raw[i*f.align:]
		v := sample(at)
		if f.channels == 2 {
			v = (v + sample(at[f.width:])) / 2
		}
		dst[i] = int16(v)
	}
	return n
}

// sample is how to read one sample as 16 bits, or nil when the format is not
// supported. PCM is justified to the left of its bytes, whatever bits are valid.
func (f *format) sample() func([]byte) int {
	switch [2]int{f.code, f.width} {
	case [2]int{formatPCM, 1}:
		return func(b []byte) int { return (int(b[0]) - 128) << 8 }
	case [2]int{formatPCM, 2}:
		return func(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b))) }
	case [2]int{formatPCM, 3}:
		return func(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b[1:]))) }
	case [2]int{formatPCM, 4}:
		return func(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b[2:]))) }
	case [2]int{formatFloat, 4}:
		return func(b []byte) int { return full(float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))) }
	case [2]int{formatFloat, 8}:
		return func(b []byte) int { return full(math.Float64frombits(binary.LittleEndian.Uint64(b))) }
	case [2]int{formatALaw, 1}:
		return lawSample(codec.PCMA)
	case [2]int{formatULaw, 1}:
		return lawSample(codec.PCMU)
	}
	return nil
}

// full brings a sample between -1 and 1 to 16 bits.
func full(v float64) int {
	if math.IsNaN(v) {
		return 0
	}
	return int(math.Round(min(max(v*32768, math.MinInt16), math.MaxInt16)))
}

func lawSample(c *codec.Codec) func([]byte) int {
	decoder := c.NewDecoder("")
	return func(b []byte) int {
		var v [1]int16
		decoder.Decode(v[:], b[:1])
		return int(v[0])
	}
}
