package player

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
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
	double := func(v int16) []byte {
		return binary.LittleEndian.AppendUint64(nil, math.Float64bits(float64(v)/32768))
	}
	for name, f := range map[string][]byte{
		"8 bit":             file(fmtChunk(1, 1, 8000, 8), chunk("data", each(func(v int16) []byte { return []byte{byte(v>>8) + 128} }))),
		"16 bit":            file(fmtChunk(1, 1, 8000, 16), chunk("data", each(func(v int16) []byte { return le16(int(v)) }))),
		"24 bit":            file(fmtChunk(1, 1, 8000, 24), chunk("data", each(func(v int16) []byte { return append([]byte{7}, le16(int(v))...) }))),
		"32 bit":            file(fmtChunk(1, 1, 8000, 32), chunk("data", each(func(v int16) []byte { return append([]byte{7, 7}, le16(int(v))...) }))),
		"float":             file(fmtChunk(3, 1, 8000, 32), chunk("data", each(float))),
		"64-bit float":      file(fmtChunk(3, 1, 8000, 64), chunk("data", each(double))),
		"extensible 64-bit": file(extensible(3, 64, 64), chunk("data", each(double))),
		"extensible 16 bit": file(extensible(1, 16, 16), chunk("data", each(func(v int16) []byte { return le16(int(v)) }))),
		"extensible float":  file(extensible(3, 32, 32), chunk("data", each(float))),
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

// fmtFields is a fmt chunk whose fields need not fit each other.
func fmtFields(code, channels, rate, byteRate, align, bits int) []byte {
	return chunk("fmt ", slices.Concat(le16(code), le16(channels), le32(rate), le32(byteRate), le16(align), le16(bits)))
}

func TestFieldsThatFollowFromOthersAreComputed(t *testing.T) {
	want := []int16{0, 256, -256, 16384, -32768}
	var pcm, in32, in24 []byte
	for _, v := range want {
		pcm = append(pcm, le16(int(v))...)
		in24 = append(append(in24, 7), le16(int(v))...)
		in32 = append(append(in32, 7, 7), le16(int(v))...)
	}
	for name, f := range map[string][]byte{
		"neither byte rate nor align":  file(fmtFields(1, 1, 8000, 0, 0, 16), chunk("data", pcm)),
		"an align of another format":   file(fmtFields(1, 1, 8000, 32000, 4, 16), chunk("data", pcm)),
		"an align of one byte":         file(fmtFields(1, 1, 8000, 8000, 1, 16), chunk("data", pcm)),
		"12 bits":                      file(fmtFields(1, 1, 8000, 16000, 2, 12), chunk("data", pcm)),
		"20 bits":                      file(fmtFields(1, 1, 8000, 24000, 3, 20), chunk("data", in24)),
		"24 bits, in 4 bytes each":     file(fmtFields(1, 1, 8000, 32000, 4, 24), chunk("data", in32)),
		"24 bits, with a wrong align":  file(fmtFields(1, 1, 8000, 24000, 4, 24), chunk("data", in24)),
		"a fmt chunk of 40 bytes":      file(chunk("fmt ", append(fmtFields(1, 1, 8000, 16000, 2, 16)[8:], make([]byte, 24)...)), chunk("data", pcm)),
		"a fmt chunk of 18":            file(chunk("fmt ", append(fmtFields(1, 1, 8000, 16000, 2, 16)[8:], 0, 0)), chunk("data", pcm)),
		"a fmt chunk of 1000":          file(chunk("fmt ", append(fmtFields(1, 1, 8000, 16000, 2, 16)[8:], make([]byte, 984)...)), chunk("data", pcm)),
		"24 valid bits in 32, said so": file(extensible(1, 24, 32), chunk("data", in32)),
	} {
		t.Run(name, func(t *testing.T) {
			a, err := ParseWAV(f)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(a.Samples, want) {
				t.Errorf("%v, want %v", a.Samples, want)
			}
		})
	}
}

// extensible is a fmt chunk of WAVE_FORMAT_EXTENSIBLE.
func extensible(code, valid, bits int) []byte {
	guid := append(le16(code), "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
	return chunk("fmt ", slices.Concat(le16(0xfffe), le16(1), le32(8000), le32(8000*bits/8), le16(bits/8), le16(bits),
		le16(22), le16(valid), le32(4), guid))
}

func TestFilesWith64BitLengthsAreRead(t *testing.T) {
	pcm := slices.Concat(le16(1), le16(2), le16(3))
	ds64 := func(data uint64) []byte {
		body := binary.LittleEndian.AppendUint64(nil, data+72)
		body = binary.LittleEndian.AppendUint64(body, data)
		return chunk("ds64", append(binary.LittleEndian.AppendUint64(body, data/2), 0, 0, 0, 0))
	}
	endless := append([]byte("data\xff\xff\xff\xff"), pcm...)
	for _, id := range []string{"RF64", "BW64", "RIFF"} {
		for name, f := range map[string][]byte{
			"as it should be":           file(ds64(6), fmtChunk(1, 1, 8000, 16), endless),
			"another chunk after it":    file(ds64(6), fmtChunk(1, 1, 8000, 16), endless, chunk("LIST", make([]byte, 20))),
			"a length of 0":             file(ds64(0), fmtChunk(1, 1, 8000, 16), endless),
			"a length that is too long": file(ds64(1<<40), fmtChunk(1, 1, 8000, 16), endless),
			"a length that is none":     file(ds64(math.MaxUint64), fmtChunk(1, 1, 8000, 16), endless),
			"no ds64":                   file(fmtChunk(1, 1, 8000, 16), endless),
			"32 bits were enough":       file(ds64(99), fmtChunk(1, 1, 8000, 16), chunk("data", pcm)),
		} {
			a, err := ParseWAV(append([]byte(id+"\xff\xff\xff\xff"), f[8:]...))
			if err != nil || !slices.Equal(a.Samples, []int16{1, 2, 3}) {
				t.Errorf("%s, %s: %v, %v", id, name, a, err)
			}
		}
	}
}

func TestAFileIsReadWhileItComes(t *testing.T) {
	whole := file(chunk("LIST", make([]byte, 3)), fmtChunk(1, 2, 8000, 24), chunk("data", make([]byte, 6*500)))
	r, err := NewReader(iotest.OneByteReader(bytes.NewReader(whole)))
	if err != nil {
		t.Fatal(err)
	}
	total, samples := 0, make([]int16, 777)
	for err == nil {
		var n int
		n, err = r.Read(samples)
		total += n
	}
	if err != io.EOF || total != 500 {
		t.Errorf("%d samples, %v", total, err)
	}

	broken := errors.New("the line broke")
	for at := range whole {
		r, err := NewReader(io.MultiReader(bytes.NewReader(whole[:at]), iotest.ErrReader(broken)))
		for err == nil {
			_, err = r.Read(samples)
		}
		if err != broken {
			t.Fatalf("broken at byte %d: %v", at, err)
		}
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
		"a page or document":             []byte("<html>not found</html>"),
		"an MP3 file":                    []byte("ID3\x04\x00 and so on"),
		"an Ogg file":                    []byte("OggS\x00\x02 and so on"),
		"RIFX":                           append([]byte("RIFX"), file(data)[4:]...),
		"something that begi":            []byte("hello"),
		"no fmt chunk":                   file(chunk("LIST", nil)),
		"no data chunk":                  file(fmtChunk(1, 1, 8000, 16)),
		"before its fmt":                 file(data, fmtChunk(1, 1, 8000, 16)),
		"too short":                      file(chunk("fmt ", make([]byte, 10)), data),
		"MPEG Layer-3 in WAV (0x0055)":   file(fmtChunk(0x55, 1, 44100, 16), data),
		"GSM 6.10 in WAV (0x0031)":       file(fmtChunk(0x31, 1, 8000, 0), data),
		"unknown format in WAV (0x7777)": file(fmtChunk(0x7777, 1, 8000, 16), data),
		"PCM of 40 bits":                 file(fmtChunk(1, 1, 8000, 40), data),
		"PCM of 0 bits":                  file(fmtChunk(1, 1, 8000, 0), data),
		"floating-point PCM of 16":       file(fmtChunk(3, 1, 8000, 16), data),
		"ds64 chunk of 8 bytes":          file(chunk("ds64", make([]byte, 8)), data),
		"more than 16 MiB before":        file([]byte("LIST\xff\xff\xff\x7f"), make([]byte, mostBefore)),
		"6 channels":                     file(fmtChunk(1, 6, 48000, 16), data),
		"0 channels":                     file(fmtChunk(1, 0, 48000, 16), data),
		"rate of 100 Hz":                 file(fmtChunk(1, 1, 100, 16), data),
		"rate of 384000 Hz":              file(fmtChunk(1, 1, 384000, 16), data),
		"longer than 30m0s":              file(fmtChunk(1, 1, 4000, 8), chunk("data", make([]byte, 4000*1801))),
		"extensible fmt chun":            file(chunk("fmt ", slices.Concat(le16(0xfffe), make([]byte, 16))), data),
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := ParseWAV(f)
			if err == nil || !strings.Contains(err.Error(), reason) || !errors.As(err, new(*FormatError)) {
				t.Errorf("refused with %v", err)
			}
		})
	}
	if _, err := ParseWAV(nil); err == nil || err.Error() != "not a WAV file but an empty file" {
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
	f.Add(append([]byte("RF64\xff\xff\xff\xff"), file(chunk("ds64", make([]byte, 28)), extensible(3, 64, 64), chunk("data", make([]byte, 24)))[8:]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ParseWAV(data)
		if err != nil {
			if !errors.As(err, new(*FormatError)) {
				t.Fatalf("%v does not say what is wrong with the file", err)
			}
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
