package eventgrid

import "strowger/internal/wire"

// Types of the events of a call's life. They cover users, not telephone
// numbers and bots.
const (
	TypeCallStarted            = typePrefix + "CallStarted"
	TypeCallEnded              = typePrefix + "CallEnded"
	TypeCallParticipantAdded   = typePrefix + "CallParticipantAdded"
	TypeCallParticipantRemoved = typePrefix + "CallParticipantRemoved"
)

// Role is a participant's part in a call.
type Role string

// The published roles.
const (
	RoleAttendee     Role = "Attendee"
	RolePresenter    Role = "Presenter"
	RoleConsumer     Role = "Consumer"
	RoleCollaborator Role = "Collaborator"
	RoleOrganizer    Role = "Organizer"
)

// Party is a participant and its role.
type Party struct {
	CommunicationIdentifier wire.Identifier `json:"communicationIdentifier"`
	Role                    Role            `json:"role,omitempty"`
}

// Reference names a group call or a room.
type Reference struct {
	ID string `json:"id"`
}

// CallStarted says that a call began. Its members lead those of the other
// events of a call.
type CallStarted struct {
	StartedBy     Party      `json:"startedBy"`
	ServerCallID  string     `json:"serverCallId"`
	Group         *Reference `json:"group,omitempty"`
	Room          *Reference `json:"room,omitempty"`
	IsTwoParty    bool       `json:"isTwoParty"`
	CorrelationID string     `json:"correlationId"`
	IsRoomsCall   bool       `json:"isRoomsCall"`
}

// EndedBy says who ended a call.
type EndedBy struct {
	CommunicationIdentifier wire.Identifier `json:"communicationIdentifier"`
	Type                    EnderType       `json:"type"`
	Name                    string          `json:"name,omitempty"`
}

// EnderType tells a participant from the service.
type EnderType string

// The published types.
const (
	EndedByParticipant EnderType = "Participant"
	EndedByService     EnderType = "MicrosoftInternal"
)

// EndReason is how a call ended.
type EndReason struct {
	Code    int    `json:"code"`
	SubCode int    `json:"subCode"`
	Phrase  string `json:"phrase,omitempty"`
}

// CallEnded says that a call is over.
type CallEnded struct {
	CallStarted
	EndedBy               *EndedBy   `json:"endedBy,omitempty"`
	Reason                *EndReason `json:"reason,omitempty"`
	CallDurationInSeconds float64    `json:"callDurationInSeconds"`
}

// CallParticipant is the data of CallParticipantAdded and
// CallParticipantRemoved.
type CallParticipant struct {
	CallStarted
	User          Party  `json:"user"`
	DisplayName   string `json:"displayName,omitempty"`
	ParticipantID string `json:"participantId,omitempty"`
	UserAgent     string `json:"userAgent,omitempty"`
}

// CallStartedSubject is the subject of CallStarted.
func CallStartedSubject(serverCallID, rawID string) string {
	return "call/" + serverCallID + "/startedBy/" + rawID
}

// CallEndedSubject is the subject of CallEnded.
func CallEndedSubject(serverCallID string) string { return "call/" + serverCallID }

// CallParticipantSubject is the subject of both participant events.
func CallParticipantSubject(serverCallID, rawID string) string {
	return "call/" + serverCallID + "/participant/" + rawID
}
