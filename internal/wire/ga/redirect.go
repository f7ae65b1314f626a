package ga

import "strowger/internal/wire"

// RedirectCallRequest is POST /calling/callConnections:redirect, answered 204.
type RedirectCallRequest struct {
	IncomingCallContext string          `json:"incomingCallContext" max:"16384"`
	Target              wire.Identifier `json:"target"`
}
