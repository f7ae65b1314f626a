// Package dtmf receives and sends digits as RFC 4733 telephone events, and
// detects them in audio for tests and the lab.
//
// Guarantees: a Receiver reports each press exactly once, at its end, whatever
// is lost, repeated or reordered on the way. A Sender spaces its packets and
// keeps their timestamps as RFC 4733 asks. Neither allocates per packet, and
// each belongs to one goroutine.
package dtmf
