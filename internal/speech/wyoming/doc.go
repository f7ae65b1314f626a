// Package wyoming speaks the Wyoming protocol, by which voice assistants reach engines
// of speech: events over TCP, each a line of JSON, more JSON when the line says so, and
// a payload of bytes.
//
// Guarantees:
//   - What a peer sends is bounded before it is kept: a line, its data, its payload.
//   - Reading and writing end with the context under which the peer was dialled.
package wyoming
