// Package eventgrid holds what is published through Event Grid: the
// EventGridEvent envelope, the data of the call events, and the handshake that
// a subscription's endpoint passes before it is sent anything.
//
// It guarantees, as wire does, that these are types and codecs only, with the
// published names.
package eventgrid
