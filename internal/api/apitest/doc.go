// Package apitest stands in for both sides of the door: Calls and Gate for
// what is behind it, Door for a client that signs what it sends.
package apitest
