// Package codectest has a codec for tests that needs all that a codec may need:
// wideband, with a dynamic payload type and parameters, silence that is not
// sent, and a decoder that conceals.
package codectest

import (
	"encoding/binary"
	"strings"

	"strowger/internal/media/codec"
)

// What the decoder makes up, told apart from any sound by its level.
const (
	Concealed = 1111 // while nothing is known of what follows
	Recovered = 2222 // when what follows has come
)

// L16 is linear PCM at 16 kHz (RFC 3551 section 4.5.11). An end that says
// usedtx=1 is sent no silence.
var L16 = &codec.Codec{
	Name: "L16", PayloadType: 96, ClockRateHz: 16000, SampleRateHz: 16000, Priority: 10,
	FMTP:       "usedtx=1",
	NewDecoder: func(string) codec.Decoder { return decoder{} },
	NewEncoder: func(fmtp string) codec.Encoder { return encoder{dtx: strings.Contains(fmtp, "usedtx=1")} },
}

type decoder struct{}

func (decoder) Decode(dst []int16, payload []byte) int {
	n := min(len(dst), len(payload)/2)
	for i := range n {
		dst[i] = int16(binary.BigEndian.Uint16(payload[2*i:]))
	}
	return n
}

// Conceal implements codec.Concealer.
func (decoder) Conceal(dst []int16, next []byte) {
	level := int16(Concealed)
	if next != nil {
		level = Recovered
	}
	for i := range dst {
		dst[i] = level
	}
}

type encoder struct{ dtx bool }

func (e encoder) Encode(dst []byte, samples []int16) int {
	silent := true
	for i, s := range samples {
		binary.BigEndian.PutUint16(dst[2*i:], uint16(s))
		silent = silent && s == 0
	}
	if e.dtx && silent {
		return 0
	}
	return 2 * len(samples)
}
