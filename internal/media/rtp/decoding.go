package rtp

import (
	"strowger/internal/media"
	"strowger/internal/media/codec"
)

// decoding is how the packets of one payload type become sound.
type decoding struct {
	Format
	decoder codec.Decoder

	// resampler brings the sound to the rate of the codec that is sent, which is
	// the session's; nil when it has that rate.
	resampler codec.Resampler
	own       []int16 // a frame at the codec's own rate
}

func newDecoding(f Format, rateHz int) *decoding {
	d := &decoding{Format: f, decoder: f.Codec.NewDecoder(f.FMTP)}
	if own := f.Codec.SampleRateHz; own != rateHz {
		d.resampler = codec.NewResampler(own, rateHz)
		d.own = make([]int16, fifoFrames*media.FrameSamples(own))
	}
	return d
}

// decode fills dst from a payload and returns how many samples it wrote.
func (d *decoding) decode(dst []int16, payload []byte) (samples int) {
	if d.resampler == nil {
		return d.decoder.Decode(dst, payload)
	}
	own := d.own[:d.decoder.Decode(d.own, payload)]
	for frame := media.FrameSamples(d.Codec.SampleRateHz); len(own) > 0; {
		n := min(frame, len(own))
		samples += d.resampler.Resample(dst[samples:], own[:n])
		own = own[n:]
	}
	return samples
}

// conceal fills dst with what the codec makes up, if it can. next is the payload
// that follows, or nil.
func (d *decoding) conceal(dst []int16, next []byte) bool {
	c, can := d.decoder.(codec.Concealer)
	if !can || d.resampler != nil {
		return false
	}
	c.Conceal(dst, next)
	return true
}
