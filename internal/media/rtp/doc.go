// Package rtp carries one leg's sound over UDP: ports, packets, the jitter
// ring and the session, a source and a sink at the rate of its codec. How packets
// reach the far end is below the session, behind Transport: today plain RTP
// (Symmetric) on a socket (PacketIO).
//
// Guarantees:
//   - A Session neither allocates nor locks per packet or per frame.
//   - ReadFrame and WriteFrame are for the clock; everything else is for any
//     goroutine. Callbacks run on the session's own reader, one at a time.
//   - Plain RTP goes to the address that the SDP announces, and what comes from
//     there is always heard. While nothing does, another port of that address is
//     followed, or, where Params.Behind says so, the address of the signalling
//     (symmetric RTP, RFC 4961); each only when it has been sending for a while,
//     and only until the announced address sends again. Nobody else ever hears a
//     packet or is heard, be it sound or a key.
//   - RTCP (RFC 3550 section 6) goes both ways while the session runs: reports with a
//     CNAME every five seconds or so, and BYE at the end; on the port above that of the
//     sound, or with the sound where both agreed on that (RFC 5761). It is taken from
//     the far end alone, and only if it knows one of the two streams; it goes to where
//     it comes from.
//   - Every format that was agreed on is understood at any time, whatever its rate
//     and clock; the one that is sent gives the session its rate.
//   - Each digit is reported once, as soon as its end is known: on Linux that is
//     the clock's next frame, 20 ms away at most. A leg that has just been taken
//     out of its room is noticed within a second, and served every 20 ms then.
//   - The ports are given back when the session is closed.
package rtp
