// Package outbound decides where the server may call out to: callbacks, Event
// Grid, audio files and WebSockets go to addresses that applications name, and
// an application must not reach with our hands what it cannot reach itself.
//
// It guarantees:
//
//   - No connection is made to an address that is not public, unless it lies
//     in a network that the operator allowed. The address is judged when the
//     connection is made, after name resolution, so that a name which changes
//     its mind in between, and every hop of a redirect, is judged too.
//   - Plain http and ws reach allowed networks only.
//   - Proxies of the environment are not used, since behind one the address
//     would be out of our sight.
//   - Every client has a bound on time, on connections per host, and on
//     redirects; none follows one from https down to http.
//
// CheckURL gives the early, friendly refusal with the reason in words; the
// dialer is what holds.
package outbound
