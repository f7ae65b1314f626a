// Package codec turns payload bytes into samples and back, and changes rates.
//
// A Codec describes one way to carry sound and a Set those that an endpoint can
// do. What of a set is used, and by which payload type, is agreed on for each
// session (package sdp); rtp.Format is what comes of it. To add a codec, describe
// it and put it into the set that the server is made with.
//
// Guarantees: encoders, decoders and resamplers never allocate after they are
// made, never fail and never keep their arguments. Each instance belongs to one
// stream and one goroutine; Codec and Set values may be shared. A Resampler
// delays its stream by Latency exactly.
package codec
