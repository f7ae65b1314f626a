// Package transport moves SIP messages over UDP, TCP and TLS (RFC 3261 18).
//
// What it promises:
//
//   - Receive is called in order for each flow (a UDP socket, a connection), on
//     that flow's reader goroutine.
//   - Sending never blocks. A stream's messages wait in a bounded queue behind its
//     dialling, handshake and writing; what cannot be sent is told to failed.
//   - A source that Admit refuses costs one read and a call of Unheard: nothing is
//     parsed or answered. No memory grows with the number of UDP sources.
//   - Whoever has proven nothing gives way. At most 8,192 streams are open, 2,048 of
//     them strangers', 64 in a network (a /24 or /64); 1,024 are kept for trunks and
//     for those that we open. A stranger's is closed to make room for another's, one
//     that has proven something never is. It has a minute to prove itself; a message
//     has 20 s from its first byte to its last; messages wait while their source may
//     send nothing more.
//   - What goes to a UDP source for a packet that anybody may have written is bounded
//     (Flow.Reply).
//   - What cannot be read goes to Malformed, which may answer it. It ends a stream
//     when nobody knows where the next message begins.
//
// It stands on sipgo's messages and reads the sockets itself: sipgo's transport
// layer keeps every UDP source that it ever saw, dials and writes on the caller's
// goroutine (which is a shard of other people's calls here), refuses datagrams
// above its MTU, and drops an unparsable request before anyone could answer it.
// Package message reads what has come. WebSocket framing (RFC 7118) will be one more stream beside TCP and TLS.
package transport
