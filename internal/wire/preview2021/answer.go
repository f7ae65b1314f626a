package preview2021

// AnswerCallRequest is POST /calling:answer, answered 202 with ConnectionResult.
type AnswerCallRequest struct {
	IncomingCallContext string                  `json:"incomingCallContext" max:"16384"`
	CallbackURI         string                  `json:"callbackUri,omitempty" max:"4096"`
	RequestedMediaTypes []MediaType             `json:"requestedMediaTypes,omitempty" max:"16,64"`
	RequestedCallEvents []EventSubscriptionType `json:"requestedCallEvents,omitempty" max:"16,64"`
}
