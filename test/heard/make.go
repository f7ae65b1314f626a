package heard

import (
	"bytes"
	"encoding/binary"
	"math"
	"time"
)

// Part is one stretch of a made prompt: a tone, or silence at 0 Hz.
type Part struct {
	Hz     float64
	Length time.Duration
}

// Format is how a made WAV file is encoded.
type Format struct {
	RateHz   int
	Channels int
	Bits     int // 8, 16, 24 or 32, integers
}

// MakeWAV makes a WAV file of tones at a third of full scale, the same in
// every channel.
func MakeWAV(format Format, parts ...Part) []byte {
	var pcm bytes.Buffer
	for _, part := range parts {
		count := int(part.Length * time.Duration(format.RateHz) / time.Second)
		for i := range count {
			v := 0.33 * math.Sin(2*math.Pi*part.Hz*float64(i)/float64(format.RateHz))
			for range format.Channels {
				pcm.Write(encode(v, format.Bits))
			}
		}
	}
	frame := format.Channels * format.Bits / 8
	var out bytes.Buffer
	out.WriteString("RIFF")
	write(&out, uint32(36+pcm.Len()))
	out.WriteString("WAVEfmt ")
	write(&out, uint32(16))
	write(&out, uint16(1))
	write(&out, uint16(format.Channels))
	write(&out, uint32(format.RateHz))
	write(&out, uint32(format.RateHz*frame))
	write(&out, uint16(frame))
	write(&out, uint16(format.Bits))
	out.WriteString("data")
	write(&out, uint32(pcm.Len()))
	out.Write(pcm.Bytes())
	return out.Bytes()
}

// encode writes one sample; 8-bit WAV samples are unsigned, wider ones signed.
func encode(v float64, bits int) []byte {
	if bits == 8 {
		return []byte{byte(math.Round(v*127) + 128)}
	}
	n := int32(v * float64(int64(1)<<(bits-1)-1))
	b := make([]byte, 0, 4)
	for shift := 0; shift < bits; shift += 8 {
		b = append(b, byte(n>>shift))
	}
	return b
}

func write[T uint16 | uint32](out *bytes.Buffer, v T) {
	_ = binary.Write(out, binary.LittleEndian, v)
}
