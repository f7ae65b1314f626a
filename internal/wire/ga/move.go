package ga

import "strowger/internal/wire"

// MoveParticipantsRequest is POST
// /calling/callConnections/{id}/participants:moveHere, answered 202 with
// MoveParticipantsResponse.
type MoveParticipantsRequest struct {
	TargetParticipants   []wire.Identifier `json:"targetParticipants" max:"50"`
	FromCall             string            `json:"fromCall" max:"256"` // a callConnectionId
	OperationContext     string            `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string            `json:"operationCallbackUri,omitempty" max:"4096"`
}

// MoveParticipantsResponse says who is being moved, and where from.
type MoveParticipantsResponse struct {
	Participants     []CallParticipant `json:"participants"`
	OperationContext string            `json:"operationContext,omitempty"`
	FromCall         string            `json:"fromCall"`
}

// Types of the events of a move. There is one for each participant.
const (
	TypeMoveParticipantSucceeded = typePrefix + "MoveParticipantSucceeded"
	TypeMoveParticipantFailed    = typePrefix + "MoveParticipantFailed"
)

// MoveParticipantSucceeded says that the participant is in this call now.
type MoveParticipantSucceeded struct {
	EventData
	Participant wire.Identifier `json:"participant"`
	FromCall    string          `json:"fromCall"`
}

// MoveParticipantFailed says why the participant is not.
type MoveParticipantFailed struct {
	EventData
	Participant wire.Identifier `json:"participant"`
	FromCall    string          `json:"fromCall"`
}
