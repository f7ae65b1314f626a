package preview2021

import "strowger/internal/wire"

// CancelAllMediaOperationsRequest is POST
// /calling/callConnections/{id}/:cancelAllMediaOperations, answered 200 with
// OperationResult until 2021-08-30-preview. After that it has no body, and is
// answered 200 and empty.
type CancelAllMediaOperationsRequest struct {
	OperationContext string `json:"operationContext,omitempty" max:"4096"`
}

// CancelMediaOperationRequest is answered 200 and empty. It is POST
//
//	/calling/callConnections/{id}/participants:cancelMediaOperation, with an identifier
//	/calling:cancelMediaOperation, with a callLocator
//	/calling/participants:cancelMediaOperation, with both
type CancelMediaOperationRequest struct {
	CallLocator      *CallLocator     `json:"callLocator,omitempty"`
	Identifier       *wire.Identifier `json:"identifier,omitempty"`
	MediaOperationID string           `json:"mediaOperationId" max:"256"`
}
