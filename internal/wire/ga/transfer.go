package ga

import "strowger/internal/wire"

// TransferToParticipantRequest is POST
// /calling/callConnections/{id}:transferToParticipant, answered 202 with
// TransferCallResponse.
type TransferToParticipantRequest struct {
	TargetParticipant    wire.Identifier       `json:"targetParticipant"`
	Transferee           *wire.Identifier      `json:"transferee,omitempty"`
	SourceCallerIDNumber *wire.PhoneNumber     `json:"sourceCallerIdNumber,omitempty"`
	CustomCallingContext *CustomCallingContext `json:"customCallingContext,omitempty"`
	OperationContext     string                `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string                `json:"operationCallbackUri,omitempty" max:"4096"`
}

// TransferCallResponse echoes the operation's context.
type TransferCallResponse struct {
	OperationContext string `json:"operationContext,omitempty"`
}

// Types of the events of a transfer.
const (
	TypeCallTransferAccepted = typePrefix + "CallTransferAccepted"
	TypeCallTransferFailed   = typePrefix + "CallTransferFailed"
)

// CallTransferAccepted says that the transferee talks to the target.
type CallTransferAccepted struct {
	EventData
	TransferTarget wire.Identifier `json:"transferTarget"`
	Transferee     wire.Identifier `json:"transferee"`
}

// CallTransferFailed says why the transferee does not.
type CallTransferFailed struct{ EventData }
