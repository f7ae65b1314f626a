package preview2021

import "strowger/internal/wire"

// RemoveParticipantRequest is POST
// /calling/callConnections/{id}/participants:remove, and
// /calling/participants:remove with a callLocator, answered 202 and empty.
type RemoveParticipantRequest struct {
	CallLocator *CallLocator    `json:"callLocator,omitempty"`
	Identifier  wire.Identifier `json:"identifier"`
}
