package codec

import "strings"

// A Decoder turns one packet's payload into samples. It returns how many
// samples it wrote to dst; a payload too long for dst is cut.
type Decoder interface {
	Decode(dst []int16, payload []byte) (samples int)
}

// An Encoder turns one frame into a payload. It returns how many bytes it
// wrote to dst, which must have room for the frame.
type Encoder interface {
	Encode(dst []byte, samples []int16) (bytes int)
}

// A Codec is a way to carry sound, as named in SDP.
type Codec struct {
	Name         string // as in a=rtpmap
	PayloadType  uint8  // the static payload type of RFC 3551
	ClockRateHz  int    // of RTP timestamps
	SampleRateHz int    // of the PCM it makes and takes
	NewDecoder   func() Decoder
	NewEncoder   func() Encoder
}

// String names the codec as an rtpmap does.
func (c *Codec) String() string { return c.Name }

// All lists the codecs in the order in which they are offered.
func All() []*Codec { return []*Codec{PCMU, PCMA} }

// ByPayloadType finds the codec of a static payload type, or nil.
func ByPayloadType(payloadType uint8) *Codec {
	for _, c := range All() {
		if c.PayloadType == payloadType {
			return c
		}
	}
	return nil
}

// ByName finds a codec by its rtpmap name and clock rate, or nil. Encoding
// names are not case-sensitive (RFC 4855 section 3).
func ByName(name string, clockRateHz int) *Codec {
	for _, c := range All() {
		if strings.EqualFold(c.Name, name) && c.ClockRateHz == clockRateHz {
			return c
		}
	}
	return nil
}
