package preview2021

import "strowger/internal/wire"

// TransferToParticipantRequest is POST
// /calling/callConnections/{id}/:transferToParticipant, answered 202 with
// OperationResult.
type TransferToParticipantRequest struct {
	TargetParticipant     wire.Identifier   `json:"targetParticipant"`
	AlternateCallerID     *wire.PhoneNumber `json:"alternateCallerId,omitempty"`
	UserToUserInformation string            `json:"userToUserInformation,omitempty" max:"256"`
	OperationContext      string            `json:"operationContext,omitempty" max:"4096"`
}

// TransferToCallRequest is POST /calling/callConnections/{id}/:transferToCall,
// answered 202 with OperationResult.
type TransferToCallRequest struct {
	TargetCallConnectionID string `json:"targetCallConnectionId" max:"256"`
	UserToUserInformation  string `json:"userToUserInformation,omitempty" max:"256"`
	OperationContext       string `json:"operationContext,omitempty" max:"4096"`
}

// TypeTransferCallResult is the type of the event that ends a transfer.
const TypeTransferCallResult = typePrefix + "TransferCallResult"
