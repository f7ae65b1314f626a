package ga

import "strowger/internal/wire"

// AnswerCallRequest is POST /calling/callConnections:answer, answered 200 with
// CallConnectionProperties.
type AnswerCallRequest struct {
	IncomingCallContext     string                   `json:"incomingCallContext" max:"16384"`
	CallbackURI             string                   `json:"callbackUri" max:"4096"`
	OperationContext        string                   `json:"operationContext,omitempty" max:"4096"`
	CallIntelligenceOptions *CallIntelligenceOptions `json:"callIntelligenceOptions,omitempty"`
	AnsweredBy              *wire.CommunicationUser  `json:"answeredBy,omitempty"`
	MediaStreamingOptions   *MediaStreamingOptions   `json:"mediaStreamingOptions,omitempty"`
	TranscriptionOptions    *TranscriptionOptions    `json:"transcriptionOptions,omitempty"`

	// Of 2025-08-15-preview alone.
	EnableLoopbackAudio bool `json:"enableLoopbackAudio,omitempty"`
}

// TypeAnswerFailed is the type of AnswerFailed.
const TypeAnswerFailed = typePrefix + "AnswerFailed"

// AnswerFailed says that an accepted answer did not become a call.
type AnswerFailed struct{ EventData }
