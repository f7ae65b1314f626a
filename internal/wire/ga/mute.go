package ga

import "strowger/internal/wire"

// MuteParticipantsRequest is POST
// /calling/callConnections/{id}/participants:mute, answered 200 with
// MuteParticipantsResponse.
type MuteParticipantsRequest struct {
	TargetParticipants []wire.Identifier `json:"targetParticipants" max:"50"`
	OperationContext   string            `json:"operationContext,omitempty" max:"4096"`
}

// MuteParticipantsResponse echoes the operation's context.
type MuteParticipantsResponse struct {
	OperationContext string `json:"operationContext,omitempty"`
}
