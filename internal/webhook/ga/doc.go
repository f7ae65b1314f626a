// Package ga renders the events of connections that were made through the
// general-availability family of the API.
//
// It guarantees that an application gets the events that its api-version
// knows, in the shape that this version has: a younger event is left out, or
// told as the older one that it replaced, so that each connection still ends
// with exactly one CallDisconnected.
package ga
