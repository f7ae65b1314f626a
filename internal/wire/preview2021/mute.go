package preview2021

import "strowger/internal/wire"

// MuteParticipantRequest is POST
// /calling/callConnections/{id}/participants:mute and :unmute, answered 200 and
// empty.
type MuteParticipantRequest struct {
	Identifier       wire.Identifier `json:"identifier"`
	OperationContext string          `json:"operationContext,omitempty" max:"4096"`
}
