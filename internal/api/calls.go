package api

import (
	"context"

	"strowger/internal/call"
)

// Calls is where commands go.
type Calls interface {
	// Command applies a command to the call that key belongs to; CreateCall
	// makes it. A refusal by the rules is a *call.Error; when there is no error
	// the command and its events are durable.
	Command(ctx context.Context, key call.Key, cmd call.Command) (call.Answer, error)
	// Look returns the state of a call that has not ended; it is the caller's
	// to keep.
	Look(ctx context.Context, key call.Key) (call.State, error)
}

// Gate keeps the events of a call from being sent while it is held. Holders
// may be several at once; release is called exactly once for each Hold.
type Gate interface {
	Hold(key call.Key) (release func())
}
