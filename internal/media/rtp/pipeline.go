package rtp

import (
	"strowger/internal/media"
	"strowger/internal/media/codec"
)

// pipeline is what Update agreed on, made ready for the clock. The values in
// it never change; the codecs it points to are the clock's.
type pipeline struct {
	Params

	decoder codec.Decoder
	encoder codec.Encoder

	// sibling is the other law of G.711. An answer may list both, and the far
	// end may then send either (RFC 3264 section 7).
	sibling     codec.Decoder
	siblingType uint8
}

func newPipeline(p Params, before *pipeline) *pipeline {
	l := &pipeline{Params: p}
	if before != nil && before.Codec == p.Codec {
		// The same stream goes on: a fresh codec state would click.
		l.decoder, l.encoder = before.decoder, before.encoder
	} else {
		l.decoder, l.encoder = p.Codec.NewDecoder(), p.Codec.NewEncoder()
	}
	switch p.Codec {
	case codec.PCMU:
		l.sibling, l.siblingType = codec.PCMA.NewDecoder(), codec.PCMA.PayloadType
	case codec.PCMA:
		l.sibling, l.siblingType = codec.PCMU.NewDecoder(), codec.PCMU.PayloadType
	}
	return l
}

// carries tells what a payload type is good for here.
func (l *pipeline) carries(payloadType uint8) (k kind, ok bool) {
	switch {
	case payloadType == l.PayloadType:
		return sound, true
	case l.isEvent(payloadType):
		return quiet, true
	case l.sibling != nil && payloadType == l.siblingType:
		return sound, true
	case payloadType == comfortNoise:
		return quiet, true
	}
	return 0, false
}

// comfortNoise is the static payload type of RFC 3389. What it describes is
// heard as silence.
const comfortNoise = 13

func (l *pipeline) isEvent(payloadType uint8) bool {
	return l.EventPayloadType != 0 && payloadType == l.EventPayloadType
}

// frame is how many samples of the codec last 20 ms.
func (l *pipeline) frame() int { return media.FrameSamples(l.Codec.SampleRateHz) }

func (l *pipeline) decode(dst []int16, it *item) int {
	payload := it.payload[:it.length]
	if it.payloadType != l.PayloadType && l.sibling != nil {
		return l.sibling.Decode(dst, payload)
	}
	return l.decoder.Decode(dst, payload)
}

func (l *pipeline) samples(units uint32) int {
	return int(uint64(units) * uint64(l.Codec.SampleRateHz) / uint64(l.Codec.ClockRateHz))
}

func (l *pipeline) units(samples int) uint32 {
	return uint32(uint64(samples) * uint64(l.Codec.ClockRateHz) / uint64(l.Codec.SampleRateHz))
}
