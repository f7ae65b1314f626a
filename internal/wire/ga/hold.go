package ga

import "strowger/internal/wire"

// HoldRequest is POST /calling/callConnections/{id}:hold, answered 200 and
// empty. PlaySourceInfo is played again and again to who is held.
type HoldRequest struct {
	TargetParticipant    wire.Identifier `json:"targetParticipant"`
	PlaySourceInfo       *PlaySource     `json:"playSourceInfo,omitempty"`
	OperationContext     string          `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string          `json:"operationCallbackUri,omitempty" max:"4096"`
}

// UnholdRequest is POST /calling/callConnections/{id}:unhold, answered 200 and
// empty.
type UnholdRequest struct {
	TargetParticipant    wire.Identifier `json:"targetParticipant"`
	OperationContext     string          `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string          `json:"operationCallbackUri,omitempty" max:"4096"`
}

// TypeHoldFailed is the type of the only event of a hold.
const TypeHoldFailed = typePrefix + "HoldFailed"

// HoldFailed says why the participant could not be put on hold.
type HoldFailed struct{ EventData }
