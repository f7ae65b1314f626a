package codec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Decoder turns one packet's payload into samples. It returns how many
// samples it wrote to dst; a payload too long for dst is cut.
type Decoder interface {
	Decode(dst []int16, payload []byte) (samples int)
}

// A Concealer is a Decoder that makes up what did not come. Where the decoder
// cannot, the session repeats what was heard last, ever more quietly.
type Concealer interface {
	// Conceal fills dst with what was probably said after what was decoded
	// last. next is the payload that follows dst, of which a codec with in-band
	// redundancy may know better what was said; nil when it has not come, or
	// does not follow at once.
	Conceal(dst []int16, next []byte)
}

// An Encoder turns one frame into a payload. It returns how many bytes it
// wrote to dst, which must have room for the frame: 0 when nothing need be sent
// (discontinuous transmission).
type Encoder interface {
	Encode(dst []byte, samples []int16) (bytes int)
}

// FirstDynamic is the first of the payload types whose meaning each session
// agrees on for itself (RFC 3551 section 6).
const FirstDynamic = 96

// A Codec is a way to carry sound, as named in SDP.
type Codec struct {
	Name string // as in a=rtpmap
	// PayloadType below FirstDynamic is static: it means this codec everywhere.
	// From there on it is the number to propose, where that is free.
	PayloadType  uint8
	ClockRateHz  int    // of RTP timestamps
	Channels     int    // as in a=rtpmap, where none is 1; frames are mono whatever it says
	SampleRateHz int    // of the frames it makes and takes: media.Narrowband or media.Wideband
	Priority     int    // in an offer the higher comes first
	FMTP         string // what the far end is told that we take (a=fmtp); empty: nothing

	// The far end's fmtp says what it takes and gives.
	NewDecoder func(fmtp string) Decoder
	NewEncoder func(fmtp string) Encoder
}

// String names the codec as an rtpmap does: PCMU/8000.
func (c *Codec) String() string {
	if c.Channels > 1 {
		return fmt.Sprintf("%s/%d/%d", c.Name, c.ClockRateHz, c.Channels)
	}
	return fmt.Sprintf("%s/%d", c.Name, c.ClockRateHz)
}

// Static reports whether the codec has a payload type that means it everywhere.
func (c *Codec) Static() bool { return c.PayloadType < FirstDynamic }

// Set is the codecs of one end, in the order in which it offers them. It is
// immutable.
type Set []*Codec

// NewSet makes a set in the order of priority.
func NewSet(codecs ...*Codec) Set {
	s := slices.Clone(codecs)
	slices.SortStableFunc(s, func(a, b *Codec) int { return cmp.Compare(b.Priority, a.Priority) })
	return s
}

// Static finds the codec of a static payload type, or nil.
func (s Set) Static(payloadType uint8) *Codec {
	for _, c := range s {
		if c.PayloadType == payloadType && c.Static() {
			return c
		}
	}
	return nil
}

// Named finds a codec by what an rtpmap says, or nil. Encoding names are not
// case-sensitive (RFC 4855 section 3).
func (s Set) Named(name string, clockRateHz, channels int) *Codec {
	for _, c := range s {
		if strings.EqualFold(c.Name, name) && c.ClockRateHz == clockRateHz && max(c.Channels, 1) == max(channels, 1) {
			return c
		}
	}
	return nil
}
