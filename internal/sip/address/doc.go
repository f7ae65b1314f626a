// Package address reads and writes whom SIP messages name: URIs, and header
// fields that hold lists of them.
//
// What it reads comes from outside and is bounded and checked; what it writes
// is escaped. It knows the grammar (RFC 3261 25, RFC 3966) and nothing of who
// is meant.
package address
