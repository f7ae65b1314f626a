package api

import (
	"context"

	"strowger/internal/call"
)

// Calls is where commands go. A refusal by the rules is a *call.Error; when
// Create and Do return without an error, the command and its events are
// durable.
type Calls interface {
	// Create gives a call its first command. The call may be there already
	// when the command is given again.
	Create(ctx context.Context, id call.ID, cmd call.CreateCall) (call.Answer, error)
	// Do applies a command to the call that key belongs to.
	Do(ctx context.Context, key call.Key, cmd call.Command) (call.Answer, error)
	// Look returns the state of the call that key belongs to; it is the
	// caller's to keep.
	Look(ctx context.Context, key call.Key) (call.State, error)
}

// Gate keeps the events of a call from being sent while it is held. Holders
// may be several at once; release is called exactly once for each Hold.
type Gate interface {
	Hold(key call.Key) (release func())
}
