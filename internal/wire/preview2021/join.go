package preview2021

import "strowger/internal/wire"

// JoinCallRequest is POST /calling/serverCalls/{serverCallId}/:join, and
// /calling:join with a callLocator, answered 202 with ConnectionResult.
type JoinCallRequest struct {
	CallLocator         *CallLocator            `json:"callLocator,omitempty"`
	Source              wire.Identifier         `json:"source"`
	Subject             string                  `json:"subject,omitempty" max:"256"`
	CallbackURI         string                  `json:"callbackUri" max:"4096"`
	RequestedMediaTypes []MediaType             `json:"requestedMediaTypes,omitempty" max:"16,64"`
	RequestedCallEvents []EventSubscriptionType `json:"requestedCallEvents,omitempty" max:"16,64"`
}
