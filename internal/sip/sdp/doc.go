// Package sdp offers and answers one audio stream (RFC 3264, RFC 8866).
//
// What it promises:
//
//   - An offer has the codecs of our Set by priority, and telephone events for
//     each of their clocks. An answer takes the first codec in the offerer's order
//     that we have, and telephone events when they are offered, by its clock if
//     possible, and in the offer's profile, RTP/AVP or RTP/AVPF. Every other stream
//     is answered with port 0, in its place.
//   - A description is read for what a call needs. The order of its lines, lines that
//     are missing (s=, t=) and lines of unknown kinds do not matter. A payload type
//     that is said to mean several things means what we can do of them.
//   - Payload types that mean nothing by themselves get a number, which they and
//     the far end's keep for the session (RFC 3264 8.3.2). What the far end may
//     send although another format was chosen is in Params.Understood, and every
//     number under which a key may come in Params.EventsUnderstood.
//   - The o= line keeps its session id; its version rises by one with every
//     description that differs from the last and with no other (RFC 3264 8).
//   - Whatever the far end sends ends in a Params that rtp accepts or in an
//     error that wraps ErrMalformed or ErrNotAcceptable, never in a panic.
package sdp
