package preview2021

import "strowger/internal/wire"

// RedirectCallRequest is POST /calling:redirect, answered 202 and empty.
type RedirectCallRequest struct {
	IncomingCallContext string          `json:"incomingCallContext" max:"16384"`
	Target              wire.Identifier `json:"target"`
}
