package ga

import "strowger/internal/wire"

// AddParticipantRequest is POST /calling/callConnections/{id}/participants:add,
// answered 202 with AddParticipantResponse.
type AddParticipantRequest struct {
	SourceCallerIDNumber       *wire.PhoneNumber     `json:"sourceCallerIdNumber,omitempty"`
	SourceDisplayName          string                `json:"sourceDisplayName,omitempty" max:"256"`
	ParticipantToAdd           wire.Identifier       `json:"participantToAdd"`
	InvitationTimeoutInSeconds *int                  `json:"invitationTimeoutInSeconds,omitempty"`
	OperationContext           string                `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI       string                `json:"operationCallbackUri,omitempty" max:"4096"`
	CustomCallingContext       *CustomCallingContext `json:"customCallingContext,omitempty"`
}

// CustomCallingContext is what the invited party's endpoint is given.
type CustomCallingContext struct {
	VoIPHeaders map[string]string `json:"voipHeaders,omitzero" max:"1000,64,1024"`
	SIPHeaders  map[string]string `json:"sipHeaders,omitzero" max:"6,64,256"`

	TeamsPhoneCallDetails *TeamsPhoneCallDetails `json:"teamsPhoneCallDetails,omitempty"` // from 2026-03-12 on
}

// TeamsPhoneCallDetails is what a Teams phone shows of a call. Nobody here has
// one, so that only what the published limits speak of is read.
type TeamsPhoneCallDetails struct {
	CallTopic string `json:"callTopic,omitempty" max:"48"`
}

// AddParticipantResponse tells the invitation's id.
type AddParticipantResponse struct {
	Participant      CallParticipant `json:"participant"`
	OperationContext string          `json:"operationContext,omitempty"`
	InvitationID     string          `json:"invitationId"`
}

// Types of the events of an invitation.
const (
	TypeAddParticipantSucceeded = typePrefix + "AddParticipantSucceeded"
	TypeAddParticipantFailed    = typePrefix + "AddParticipantFailed"
)

// AddParticipantSucceeded says that the invited party is in the call. Official
// clients throw when participant is missing, here and in the three below.
type AddParticipantSucceeded struct {
	EventData
	Participant wire.Identifier `json:"participant"`
}

// AddParticipantFailed says why the invited party is not.
type AddParticipantFailed struct {
	EventData
	Participant wire.Identifier `json:"participant"`
}
