package rtp

import (
	"strowger/internal/media"
	"strowger/internal/media/codec"
)

// pipeline is what Update agreed on, made ready for the clock. The values in
// it never change; the codecs it points to are the clock's.
type pipeline struct {
	Params
	encoder   codec.Encoder
	decodings []*decoding // one for each payload type that carries sound
	heard     *decoding   // the clock's: what was decoded last
}

func newPipeline(p Params, before *pipeline) *pipeline {
	l := &pipeline{Params: p}
	if before != nil && before.Codec == p.Codec && before.FMTP == p.FMTP {
		// The same stream goes on: a fresh codec state would click.
		l.encoder = before.encoder
	} else {
		l.encoder = p.Codec.NewEncoder(p.FMTP)
	}
	for _, f := range p.formats() {
		l.decodings = append(l.decodings, before.decoding(f, p.Codec.SampleRateHz))
	}
	return l
}

// decoding finds the decoding of a format that was agreed on before too, or
// makes one.
func (l *pipeline) decoding(f Format, rateHz int) *decoding {
	if l != nil && l.Codec.SampleRateHz == rateHz {
		for _, d := range l.decodings {
			if d.Format == f {
				return d
			}
		}
	}
	return newDecoding(f, rateHz)
}

// find is the decoding of a payload type, or nil.
func (l *pipeline) find(payloadType uint8) *decoding {
	for _, d := range l.decodings {
		if d.PayloadType == payloadType {
			return d
		}
	}
	return nil
}

// carries finds what a payload type is good for here: sound in a format, or
// what is not lost but not sound.
func (l *pipeline) carries(payloadType uint8) (k kind, d *decoding, ok bool) {
	if d := l.find(payloadType); d != nil {
		return sound, d, true
	}
	_, event := l.eventClock(payloadType)
	return quiet, nil, event || payloadType == comfortNoise
}

// comfortNoise is the static payload type of RFC 3389. What it describes is
// heard as silence.
const comfortNoise = 13

// eventClock is the rate by which a payload type counts telephone events, if it
// means them. What means sound too is sound.
func (l *pipeline) eventClock(payloadType uint8) (hz int, ok bool) {
	if l.EventPayloadType != 0 && payloadType == l.EventPayloadType {
		return l.eventClockRateHz(), true
	}
	for _, e := range l.EventsUnderstood {
		if e.PayloadType == payloadType && l.find(payloadType) == nil {
			return e.ClockRateHz, true
		}
	}
	return 0, false
}

// frame is how many samples last 20 ms.
func (l *pipeline) frame() int { return media.FrameSamples(l.Codec.SampleRateHz) }

// frameUnits is how many timestamp units of what is sent last 20 ms.
func (l *pipeline) frameUnits() uint32 { return uint32(l.Codec.ClockRateHz / 50) }

// clockRateHz is the rate of a payload type's timestamps.
func (l *pipeline) clockRateHz(payloadType uint8) int {
	if d := l.find(payloadType); d != nil {
		return d.Codec.ClockRateHz
	}
	return l.Codec.ClockRateHz
}

func (l *pipeline) decode(dst []int16, it *item) int {
	d := l.find(it.payloadType)
	if d == nil {
		return 0 // agreed on no more
	}
	l.heard = d
	return d.decode(dst, it.payload[:it.length])
}

// conceal lets the codec that was heard last make up what is missing before
// next, or for as long as nothing comes.
func (l *pipeline) conceal(dst []int16, next *item) bool {
	if l.heard == nil {
		return false
	}
	var payload []byte
	if next != nil && next.payloadType == l.heard.PayloadType {
		payload = next.payload[:next.length]
	}
	return l.heard.conceal(dst, payload)
}
