package api

import (
	"crypto/rand"
	"crypto/sha256"

	"strowger/internal/call"
)

// seed is where new identifiers come from.
type seed [sha256.Size]byte

// newSeed is random, unless the request can be given again: then it is the
// same each time, so that a repeated createCall finds the call that it made.
// The hash keeps a client from choosing another call's identifiers.
func newSeed(r call.Repeatable) seed {
	if r.RequestID != "" {
		return sha256.Sum256([]byte("strowger seed of " + r.RequestID))
	}
	var s seed
	_, _ = rand.Read(s[:]) // crypto/rand never fails
	return s
}

func (s seed) call() [16]byte { return [16]byte(s[:16]) }

func (s seed) connection() [8]byte { return [8]byte(s[16:24]) }

// NewConnectionID is for a connection in a call that is there already.
func NewConnectionID(key call.Key) (call.ConnectionID, error) {
	return call.NewConnectionID(key, newSeed(call.Repeatable{}).connection())
}

// NewCallID names a call that a command may begin.
func NewCallID(r call.Repeatable) call.ID { return call.NewID(newSeed(r).call()) }

// NewGUID names what a command makes in a call, or does.
func NewGUID(r call.Repeatable) string { return string(NewCallID(r)) }

// NewCall names a call and the connection that makes it.
func NewCall(r call.Repeatable) (call.ID, call.ConnectionID, error) {
	s := newSeed(r)
	id := call.NewID(s.call())
	connection, err := call.NewConnectionID(id.Key(), s.connection())
	return id, connection, err
}
