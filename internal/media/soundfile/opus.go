package soundfile

import (
	"encoding/binary"
	"fmt"

	"strowger/internal/native"
)

// opusLibrary is libopus 1.
var opusLibrary = native.Library[opusFunctions]{Name: "libopus.so.0", Debian: "libopus0", Bind: bindOpus}

// opusFunctions are those of opus.h that are used here. opus_encoder_ctl takes a
// number or a place for one.
type opusFunctions struct {
	create  func(rateHz, channels, application int32, err *int32) uintptr
	set     func(handle uintptr, request, value int32) int32
	get     func(handle uintptr, request int32, value *int32) int32
	encode  func(handle uintptr, pcm *int16, frames int32, to *byte, size int32) int32
	destroy func(handle uintptr)
}

func bindOpus(find native.Lookup) (*opusFunctions, error) {
	var f opusFunctions
	if err := find(&f.get, "opus_encoder_ctl"); err != nil {
		return nil, err
	}
	return &f, native.Symbols{
		"opus_encoder_create":  &f.create,
		"opus_encoder_ctl":     &f.set,
		"opus_encode":          &f.encode,
		"opus_encoder_destroy": &f.destroy,
	}.Bind(find)
}

const (
	opusApplicationAudio = 2049
	opusSetBitRate       = 4002
	opusSetComplexity    = 4010
	opusGetLookahead     = 4027

	opusComplexity = 5
	opusRateHz     = 48000 // RFC 7845 section 4.2: its clock, whatever the rate of the samples
	opusMostBytes  = 1275  // RFC 6716 section 3.4
	// opusRoll is 80 ms, which RFC 7845 section 4.6 wants decoded before a place.
	opusRoll = 4
)

// opus makes packets of 20 ms.
type opus struct {
	*opusFunctions
	format Format
	handle uintptr
	delay  int // in samples of the format
	out    [opusMostBytes]byte
}

func openOpus(format Format) (*opus, error) {
	switch format.RateHz {
	case 8000, 12000, 16000, 24000, 48000:
	default:
		return nil, format.problem("Opus has no such rate")
	}
	functions, err := opusLibrary.Open()
	if err != nil {
		return nil, err
	}
	var code int32
	o := &opus{opusFunctions: functions, format: format}
	o.handle = o.create(int32(format.RateHz), int32(format.Channels), opusApplicationAudio, &code)
	if o.handle == 0 {
		return nil, fmt.Errorf("opus_encoder_create: %d", code)
	}
	var delay int32
	for _, code := range []int32{
		o.set(o.handle, opusSetBitRate, int32(bitRate(format))),
		o.set(o.handle, opusSetComplexity, opusComplexity),
		o.get(o.handle, opusGetLookahead, &delay),
	} {
		if code < 0 {
			o.close()
			return nil, fmt.Errorf("opus_encoder_ctl: %d", code)
		}
	}
	o.delay = int(delay)
	return o, nil
}

func (o *opus) track() track {
	t := track{
		format: o.format, rateHz: opusRateHz,
		packetFrames: o.format.RateHz / 50, delayFrames: o.delay,
		rollPackets: opusRoll,
	}
	// "Encapsulation of Opus in ISO Base Media File Format" 4.3.2; its numbers are
	// big-endian.
	put := binary.BigEndian
	specific := []byte{0, byte(o.format.Channels)}
	specific = put.AppendUint16(specific, uint16(t.ticks(int64(o.delay))))
	specific = put.AppendUint32(specific, uint32(o.format.RateHz))
	specific = append(specific, 0, 0, 0) // no gain, and mono or stereo
	t.sampleEntry = audioEntry("Opus", o.format.Channels, opusRateHz, box("dOps", specific))
	return t
}

func (o *opus) compress(samples []int16) ([]byte, error) {
	n := o.encode(o.handle, &samples[0], int32(o.format.RateHz/50), &o.out[0], opusMostBytes)
	if n < 0 {
		return nil, fmt.Errorf("opus_encode: %d", n)
	}
	return o.out[:n], nil
}

func (o *opus) close() { o.destroy(o.handle) }
