package ga

import "strowger/internal/wire"

// CallParticipant is one participant of a call.
type CallParticipant struct {
	Identifier wire.Identifier `json:"identifier"`
	IsMuted    bool            `json:"isMuted"`
	IsOnHold   bool            `json:"isOnHold"`
}

// Participant is the participant with a raw id.
func Participant(rawID string, isMuted, isOnHold bool) CallParticipant {
	return CallParticipant{Identifier: wire.FromRawID(rawID), IsMuted: isMuted, IsOnHold: isOnHold}
}

// ParticipantList answers GET /calling/callConnections/{id}/participants. The
// value is there when it is empty.
type ParticipantList struct {
	Value    []CallParticipant `json:"value"`
	NextLink string            `json:"nextLink,omitempty"`
}

// TypeParticipantsUpdated is the type of ParticipantsUpdated.
const TypeParticipantsUpdated = typePrefix + "ParticipantsUpdated"

// ParticipantsUpdated is the full roster after a change. The sequence number
// orders rosters; it has no operationContext.
type ParticipantsUpdated struct {
	EventData
	SequenceNumber int               `json:"sequenceNumber"`
	Participants   []CallParticipant `json:"participants"`
}
