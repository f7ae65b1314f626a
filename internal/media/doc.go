// Package media holds what every part of the sound layer agrees on: the frame
// and the clock.
//
// Sound moves in frames of 20 ms of mono 16-bit PCM. A Clock runs one loop per
// core; each loop owns a set of Tickers (rooms) and calls their Tick fifty
// times a second. Within a tick a room pulls one frame from each of its
// sources and pushes one to each of its sinks:
//
//	RTP in → jitter ring → decode → resample → mix-minus → resample → encode → RTP out
//
// Guarantees:
//   - One Ticker is ticked by one goroutine at a time; everything that a room
//     pulls from or pushes to is therefore touched by one goroutine only.
//   - A tick neither allocates nor takes a lock per packet. Callbacks never run
//     on a clock loop: what has to be told is told from another goroutine.
//   - Media never decides. It reports digits, ends and silence; what follows is
//     a rule of the call.
package media
