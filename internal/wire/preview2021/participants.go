package preview2021

import "strowger/internal/wire"

// CallParticipant is one participant of a call.
type CallParticipant struct {
	Identifier    wire.Identifier `json:"identifier"`
	ParticipantID string          `json:"participantId,omitempty"`
	IsMuted       bool            `json:"isMuted"`
}

// Participant is the participant with a raw id.
func Participant(rawID, participantID string, isMuted bool) CallParticipant {
	return CallParticipant{Identifier: Identifier(rawID), ParticipantID: participantID, IsMuted: isMuted}
}

// GetParticipantRequest is POST /calling/callConnections/{id}/participants:get, and
// /calling/participants:get with a callLocator, answered 200 with CallParticipant.
type GetParticipantRequest struct {
	CallLocator *CallLocator    `json:"callLocator,omitempty"`
	Identifier  wire.Identifier `json:"identifier"`
}

// GetAllParticipantsRequest is POST /calling/participants:getAll, answered 200 with
// CallParticipants.
type GetAllParticipantsRequest struct {
	CallLocator *CallLocator `json:"callLocator,omitempty"`
}

// CallParticipants answers also GET /calling/callConnections/{id}/participants. It
// is there when it is empty.
type CallParticipants []CallParticipant

// TypeParticipantsUpdated is the type of ParticipantsUpdated.
const TypeParticipantsUpdated = typePrefix + "ParticipantsUpdated"

// ParticipantsUpdated is the full roster after a change.
type ParticipantsUpdated struct {
	CallConnectionID string           `json:"callConnectionId"`
	CallLocator      *CallLocator     `json:"callLocator,omitempty"` // from 2021-11-15-preview on
	Participants     CallParticipants `json:"participants"`
}
