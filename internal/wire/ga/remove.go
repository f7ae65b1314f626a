package ga

import "strowger/internal/wire"

// RemoveParticipantRequest is POST
// /calling/callConnections/{id}/participants:remove, answered 202 with
// RemoveParticipantResponse.
type RemoveParticipantRequest struct {
	ParticipantToRemove  wire.Identifier `json:"participantToRemove"`
	OperationContext     string          `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string          `json:"operationCallbackUri,omitempty" max:"4096"`
}

// RemoveParticipantResponse echoes the operation's context.
type RemoveParticipantResponse struct {
	OperationContext string `json:"operationContext,omitempty"`
}

// Types of the events of a removal.
const (
	TypeRemoveParticipantSucceeded = typePrefix + "RemoveParticipantSucceeded"
	TypeRemoveParticipantFailed    = typePrefix + "RemoveParticipantFailed"
)

// RemoveParticipantSucceeded says that the participant has left.
type RemoveParticipantSucceeded struct {
	EventData
	Participant wire.Identifier `json:"participant"`
}

// RemoveParticipantFailed says why the participant has not.
type RemoveParticipantFailed struct {
	EventData
	Participant wire.Identifier `json:"participant"`
}
