// Package listener takes HTTP connections, as many as there is room for.
//
// It guarantees:
//
//   - There are never more connections than Limits.InAll, and never more of one
//     source than Limits.PerSource (of IPv6 a /64 is one source). So what HTTP
//     can take of the process's descriptors is known.
//   - At a limit a new connection takes the place of one on which nothing is
//     being done. Strangers go before those on which a request has proved who
//     asks (see Proven), first those of the source that has the most; who has
//     been idle longest goes first. A connection that is being answered is never
//     closed. Where nobody can go, the new one is closed.
//   - A listener with a certificate for it answers TLS and plain HTTP on one port:
//     the first byte of a connection says which of the two it speaks (RFC 8446
//     5.1: a handshake record begins with 22, which begins no HTTP request).
//   - Nobody waits for a connection that says nothing: it has firstByteTime for
//     its first byte, and after that the times of the http.Server.
package listener
