// Package sdp offers and answers one audio stream (RFC 3264, RFC 8866).
//
// What it promises:
//
//   - An answer takes the first codec in the offerer's order that we have, and
//     telephone events when they are offered. Every other stream is answered
//     with port 0, in its place.
//   - The o= line keeps its session id; its version rises by one with every
//     description that differs from the last and with no other (RFC 3264 8).
//   - Whatever the far end sends ends in a Params that rtp accepts or in an
//     error that wraps ErrMalformed or ErrNotAcceptable, never in a panic.
package sdp
