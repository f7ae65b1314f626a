package ga

// CancelAddParticipantRequest is POST
// /calling/callConnections/{id}/participants:cancelAddParticipant, answered 202
// with CancelAddParticipantResponse.
type CancelAddParticipantRequest struct {
	InvitationID         string `json:"invitationId" max:"256"`
	OperationContext     string `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty" max:"4096"`
}

// CancelAddParticipantResponse says which invitation is being taken back.
type CancelAddParticipantResponse struct {
	InvitationID     string `json:"invitationId"`
	OperationContext string `json:"operationContext,omitempty"`
}

// Types of the events of an invitation that is taken back.
const (
	TypeCancelAddParticipantSucceeded = typePrefix + "CancelAddParticipantSucceeded"
	TypeCancelAddParticipantFailed    = typePrefix + "CancelAddParticipantFailed"
)

// CancelAddParticipantSucceeded says that the invited party will not come.
type CancelAddParticipantSucceeded struct {
	EventData
	InvitationID string `json:"invitationId"`
}

// CancelAddParticipantFailed says why the invitation stands.
type CancelAddParticipantFailed struct {
	EventData
	InvitationID string `json:"invitationId"`
}
