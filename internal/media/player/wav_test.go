package player

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"strowger/internal/media/codec"
	"strowger/internal/media/dtmf"
)

// file puts a WAV file together from chunks.
func file(chunks ...[]byte) []byte {
	body := append([]byte("WAVE"), slices.Concat(chunks...)...)
	return append(append([]byte("RIFF"), le32(len(body))...), body...)
}

func chunk(id string, body []byte) []byte {
	c := append([]byte(id), le32(len(body))...)
	c = append(c, body...)
	if len(body)%2 == 1 {
		c = append(c, 0)
	}
	return c
}

func fmtChunk(code, channels, rate, bits int) []byte {
	align := channels * bits / 8
	return chunk("fmt ", slices.Concat(le16(code), le16(channels), le32(rate), le32(rate*align), le16(align), le16(bits)))
}

func le16(v int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(v)) }
func le32(v int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }

func TestEveryFormatIsReadToTheSameSamples(t *testing.T) {
	want := []int16{0, 256, -256, 16384, -32768}
	each := func(write func(v int16) []byte) (out []byte) {
		for _, v := range want {
			out = append(out, write(v)...)
		}
		return out
	}
	float := func(v int16) []byte {
		return binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v)/32768))
	}
	extensible := func(code, bits int) []byte {
		guid := append(le16(code), "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
		return chunk("fmt ", slices.Concat(le16(0xfffe), le16(1), le32(8000), le32(8000*bits/8), le16(bits/8), le16(bits),
			le16(22), le16(bits), le32(4), guid))
	}
	for name, f := range map[string][]byte{
		"8 bit":             file(fmtChunk(1, 1, 8000, 8), chunk("data", each(func(v int16) []byte { return []byte{byte(v>>8) + 128} }))),
		"16 bit":            file(fmtChunk(1, 1, 8000, 16), chunk("data", each(func(v int16) []byte { return le16(int(v)) }))),
		"24 bit":            file(fmtChunk(1, 1, 8000, 24), chunk("data", each(func(v int16) []byte { return append([]byte{7}, le16(int(v))...) }))),
		"32 bit":            file(fmtChunk(1, 1, 8000, 32), chunk("data", each(func(v int16) []byte { return append([]byte{7, 7}, le16(int(v))...) }))),
		"float":             file(fmtChunk(3, 1, 8000, 32), chunk("data", each(float))),
		"extensible 16 bit": file(extensible(1, 16), chunk("data", each(func(v int16) []byte { return le16(int(v)) }))),
		"extensible float":  file(extensible(3, 32), chunk("data", each(float))),
		"stereo": file(fmtChunk(1, 2, 8000, 16), chunk("data", each(func(v int16) []byte {
			return append(le16(int(v)), le16(int(v))...)
		}))),
		"odd chunks around": file(chunk("LIST", []byte("odd")), fmtChunk(1, 1, 8000, 16), chunk("fact", make([]byte, 5)),
			chunk("data", each(func(v int16) []byte { return le16(int(v)) })), chunk("id3 ", make([]byte, 9))),
		"an odd chunk without its padding": file([]byte("LIST\x03\x00\x00\x00odd"), fmtChunk(1, 1, 8000, 16),
			chunk("data", each(func(v int16) []byte { return le16(int(v)) }))),
	} {
		t.Run(name, func(t *testing.T) {
			a, err := ParseWAV(f)
			if err != nil {
				t.Fatal(err)
			}
			if a.RateHz != 8000 || !slices.Equal(a.Samples, want) {
				t.Errorf("%d Hz %v, want %v", a.RateHz, a.Samples, want)
			}
		})
	}
}

func TestG711FilesAreRead(t *testing.T) {
	for code, c := range map[int]*codec.Codec{6: codec.PCMA, 7: codec.PCMU} {
		a, err := ParseWAV(file(fmtChunk(code, 1, 8000, 8), chunk("data", []byte{0x12, 0x34})))
		want := make([]int16, 2)
		c.NewDecoder("").Decode(want, []byte{0x12, 0x34})
		if err != nil || !slices.Equal(a.Samples, want) {
			t.Errorf("%v: %v, %v", c, a, err)
		}
	}
}

func TestStereoIsMixedToTheMean(t *testing.T) {
	a, err := ParseWAV(file(fmtChunk(1, 2, 8000, 16), chunk("data", slices.Concat(le16(1000), le16(3000)))))
	if err != nil || !slices.Equal(a.Samples, []int16{2000}) {
		t.Fatalf("%v, %v", a, err)
	}
}

func TestLengthsThatStreamingWritersLeaveBehindAreNotBelieved(t *testing.T) {
	whole := WAV(&Audio{RateHz: 8000, Samples: []int16{1, 2, 3}})
	for name, lengths := range map[string][2]uint32{
		"all ones":       {math.MaxUint32, math.MaxUint32},
		"espeak's":       {0x7ffff024, 0x7ffff000},
		"zero":           {0, 0},
		"an empty file":  {36, 0},
		"ones and zero":  {math.MaxUint32, 0},
		"too long":       {1000, 1000},
		"riff forgotten": {0, 6},
	} {
		t.Run(name, func(t *testing.T) {
			f := bytes.Clone(whole)
			binary.LittleEndian.PutUint32(f[4:], lengths[0])
			binary.LittleEndian.PutUint32(f[40:], lengths[1])
			a, err := ParseWAV(f)
			if err != nil || !slices.Equal(a.Samples, []int16{1, 2, 3}) {
				t.Errorf("%v, %v", a, err)
			}
		})
	}
}

func TestAnEmptyDataChunkBeforeOthersIsEmpty(t *testing.T) {
	a, err := ParseWAV(file(fmtChunk(1, 1, 8000, 16), chunk("data", nil), chunk("LIST", make([]byte, 20))))
	if err != nil || len(a.Samples) != 0 {
		t.Fatalf("%v, %v", a, err)
	}
}

func TestFilesThatCannotBePlayedAreRefusedWithTheReason(t *testing.T) {
	data := chunk("data", make([]byte, 100))
	for reason, f := range map[string][]byte{
		"not a WAV file":      []byte("<html>not found</html>"),
		"no fmt chunk":        file(chunk("LIST", nil)),
		"no data chunk":       file(fmtChunk(1, 1, 8000, 16)),
		"before its fmt":      file(data, fmtChunk(1, 1, 8000, 16)),
		"too short":           file(chunk("fmt ", make([]byte, 10)), data),
		"0x0055":              file(fmtChunk(0x55, 1, 44100, 16), data),
		"of 12 bits":          file(fmtChunk(1, 1, 8000, 12), data),
		"6 channels":          file(fmtChunk(1, 6, 48000, 16), data),
		"0 channels":          file(fmtChunk(1, 0, 48000, 16), data),
		"rate of 100 Hz":      file(fmtChunk(1, 1, 100, 16), data),
		"rate of 384000 Hz":   file(fmtChunk(1, 1, 384000, 16), data),
		"longer than 30m0s":   file(fmtChunk(1, 1, 4000, 8), chunk("data", make([]byte, 4000*1801))),
		"extensible fmt chun": file(chunk("fmt ", slices.Concat(le16(0xfffe), make([]byte, 16))), data),
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := ParseWAV(f)
			if err == nil || !strings.Contains(err.Error(), reason) {
				t.Errorf("refused with %v", err)
			}
		})
	}
	if _, err := ParseWAV(nil); !errors.Is(err, ErrNotWAV) {
		t.Errorf("an empty file is refused with %v", err)
	}
}

func TestATruncatedSampleIsLeftOut(t *testing.T) {
	f := WAV(&Audio{RateHz: 8000, Samples: []int16{1, 2, 3}})
	a, err := ParseWAV(f[:len(f)-1])
	if err != nil || !slices.Equal(a.Samples, []int16{1, 2}) {
		t.Fatalf("%v, %v", a, err)
	}
}

func TestTonesSurviveFileAndRateChange(t *testing.T) {
	row, column := dtmf.Digit('5').Tones()
	for _, rate := range []int{8000, 11025, 44100, 48000} {
		a, err := ParseWAV(WAV(NewTone(rate, 6000, row, column).Audio(200 * time.Millisecond)))
		if err != nil {
			t.Fatal(err)
		}
		if d := a.Duration(); d != 200*time.Millisecond {
			t.Errorf("%v long", d)
		}
		p := a.Prompt(8000)
		if heard := dtmf.NewDetector(8000).Write(p.samples); !slices.Equal(heard, []dtmf.Digit{'5'}) {
			t.Errorf("from %d Hz heard %v", rate, heard)
		}
	}
}

// FuzzParseWAV feeds hostile files; what is read must be bounded and playable.
func FuzzParseWAV(f *testing.F) {
	f.Add(WAV(&Audio{RateHz: 8000, Samples: []int16{1, 2, 3}}))
	f.Add(file(chunk("LIST", []byte("odd")), fmtChunk(3, 2, 44100, 32), chunk("data", make([]byte, 16))))
	f.Add(file(fmtChunk(1, 1, 8000, 24), chunk("data", make([]byte, 7))))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ParseWAV(data)
		if err != nil {
			return
		}
		if a.RateHz < minRateHz || a.RateHz > maxRateHz || len(a.Samples) > len(data) {
			t.Fatalf("%d samples at %d Hz of %d bytes", len(a.Samples), a.RateHz, len(data))
		}
		again, err := ParseWAV(WAV(a))
		if err != nil || !slices.Equal(again.Samples, a.Samples) {
			t.Fatalf("written and read again: %v", err)
		}
	})
}
