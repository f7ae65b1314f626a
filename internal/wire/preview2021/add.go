package preview2021

import "strowger/internal/wire"

// AddParticipantRequest is POST /calling/callConnections/{id}/participants and
// /calling/serverCalls/{serverCallId}/participants, and /calling/participants with
// a callLocator. It is answered 202 with AddParticipantResult until
// 2021-08-30-preview, and with OperationResult after that. The callbackUri is that
// of an invitation from outside of the call.
type AddParticipantRequest struct {
	CallLocator       *CallLocator      `json:"callLocator,omitempty"`
	Participant       wire.Identifier   `json:"participant"`
	AlternateCallerID *wire.PhoneNumber `json:"alternateCallerId,omitempty"`
	OperationContext  string            `json:"operationContext,omitempty" max:"4096"`
	CallbackURI       string            `json:"callbackUri,omitempty" max:"4096"`
}

// AddParticipantResult tells by which id the invited party can be removed.
type AddParticipantResult struct {
	ParticipantID string `json:"participantId"`
}

// TypeAddParticipantResult is the type of the event that ends an invitation.
const TypeAddParticipantResult = typePrefix + "AddParticipantResult"
