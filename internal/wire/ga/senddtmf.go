package ga

import "strowger/internal/wire"

// SendDTMFTonesRequest is POST /calling/callConnections/{id}:sendDtmfTones,
// answered 202 with SendDTMFTonesResponse.
type SendDTMFTonesRequest struct {
	Tones                []Tone          `json:"tones" max:"18,64"`
	TargetParticipant    wire.Identifier `json:"targetParticipant"`
	OperationContext     string          `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string          `json:"operationCallbackUri,omitempty" max:"4096"`
}

// SendDTMFTonesResponse echoes the operation's context.
type SendDTMFTonesResponse struct {
	OperationContext string `json:"operationContext,omitempty"`
}

// Types of the events of tones that are sent.
const (
	TypeSendDTMFTonesCompleted = typePrefix + "SendDtmfTonesCompleted"
	TypeSendDTMFTonesFailed    = typePrefix + "SendDtmfTonesFailed"
)

// SendDTMFTonesCompleted says that the tones were sent.
type SendDTMFTonesCompleted struct{ EventData }

// SendDTMFTonesFailed says why they were not.
type SendDTMFTonesFailed struct{ EventData }
