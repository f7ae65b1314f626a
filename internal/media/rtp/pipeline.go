package rtp

import (
	"fmt"

	"strowger/internal/media"
	"strowger/internal/media/codec"
)

// pipeline is what Update agreed on, made ready for the clock. The values in
// it never change; the codec and resamplers it points to are the clock's.
type pipeline struct {
	Params
	roomRateHz int

	decoder codec.Decoder
	encoder codec.Encoder
	toRoom  codec.Resampler // nil when the rates are the same
	toCodec codec.Resampler

	// sibling is the other law of G.711. An answer may list both, and the far
	// end may then send either (RFC 3264 section 7).
	sibling     codec.Decoder
	siblingType uint8
}

func newPipeline(p Params, roomRateHz int, before *pipeline) *pipeline {
	l := &pipeline{Params: p, roomRateHz: roomRateHz}
	if before != nil && before.Codec == p.Codec {
		// The same stream goes on: a fresh codec state would click.
		l.decoder, l.encoder = before.decoder, before.encoder
		l.toRoom, l.toCodec = before.toRoom, before.toCodec
	} else {
		l.decoder, l.encoder = p.Codec.NewDecoder(), p.Codec.NewEncoder()
		l.toRoom = codec.NewResampler(p.Codec.SampleRateHz, roomRateHz)
		l.toCodec = codec.NewResampler(roomRateHz, p.Codec.SampleRateHz)
	}
	switch p.Codec {
	case codec.PCMU:
		l.sibling, l.siblingType = codec.PCMA.NewDecoder(), codec.PCMA.PayloadType
	case codec.PCMA:
		l.sibling, l.siblingType = codec.PCMU.NewDecoder(), codec.PCMU.PayloadType
	}
	return l
}

// String prints the stages that sound goes through.
func (l *pipeline) String() string {
	if l.toRoom == nil {
		return fmt.Sprintf("%v → %d Hz room", l.Codec, l.roomRateHz)
	}
	return fmt.Sprintf("%v → Resample(%d) → %d Hz room", l.Codec, l.roomRateHz, l.roomRateHz)
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

// encode turns a room's frame into a payload.
func (l *pipeline) encode(dst []byte, src []int16, scratch []int16) int {
	if l.toCodec != nil {
		src = scratch[:l.toCodec.Resample(scratch, src)]
	}
	return l.encoder.Encode(dst, src)
}

func (l *pipeline) samples(units uint32) int {
	return int(uint64(units) * uint64(l.Codec.SampleRateHz) / uint64(l.Codec.ClockRateHz))
}

func (l *pipeline) units(samples int) uint32 {
	return uint32(uint64(samples) * uint64(l.Codec.ClockRateHz) / uint64(l.Codec.SampleRateHz))
}
