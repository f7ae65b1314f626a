package soundfile

// packets is an encoder that makes one packet of each so many frames, for an MP4
// file.
type packets interface {
	compressor
	// track says how to describe them.
	track() track
	// compress encodes the frames of one packet and returns it. It is valid until
	// the next call.
	compress(samples []int16) ([]byte, error)
}

// track is what an MP4 file says of its packets. The file's clock ticks at the
// decoder's rate, which may be a multiple of that of the samples.
type track struct {
	format       Format
	rateHz       int    // ticks of the clock in a second
	packetFrames int    // in samples of the format
	delayFrames  int    // by which the decoder's sound is late, in samples of the format
	rollPackets  int    // that a decoder needs before it is right
	sampleEntry  []byte // the box that says what the packets are
}

// ticks is how long so many frames are on the file's clock.
func (t track) ticks(frames int64) int64 { return frames * int64(t.rateHz/t.format.RateHz) }
