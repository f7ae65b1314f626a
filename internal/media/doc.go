// Package media holds what every part of the sound layer agrees on: the frame,
// its rate and the clock.
//
// Sound moves in frames of 20 ms of mono 16-bit PCM, in samples of the host's
// byte order. Sources and sinks state their sample rate in Hz, Narrowband or
// Wideband, and give and take frames of that rate: 160 or 320 samples. Who joins
// them resamples; a source or sink never asks what is on the other side.
//
// A Clock runs one loop per core; each loop owns a set of Tickers (rooms) and
// calls their Tick fifty times a second. Within a tick a room pulls one frame
// from each of its sources, then pushes one to each of its sinks:
//
//	PCMU/8000 → Resample(16000) → 16000 Hz room → Resample(8000) → PCMU/8000
//
// On the left is RTP in, jitter ring and decoder, on the right encoder and RTP
// out; every part prints its own stage, and a member of a room prints the whole.
//
// Guarantees:
//   - One Ticker is ticked by one goroutine at a time; everything that a room
//     pulls from or pushes to is therefore touched by one goroutine only.
//   - A tick neither allocates nor takes a lock per packet. Callbacks never run
//     on a clock loop: what has to be told is told from another goroutine.
//   - Media never decides. It reports digits, ends and silence; what follows is
//     a rule of the call.
package media
