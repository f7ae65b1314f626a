package ga

import "strowger/internal/wire"

// CreateCallRequest is POST /calling/callConnections, answered 201 with
// CallConnectionProperties.
type CreateCallRequest struct {
	Targets                 []wire.Identifier        `json:"targets" max:"350"`
	SourceCallerIDNumber    *wire.PhoneNumber        `json:"sourceCallerIdNumber,omitempty"`
	SourceDisplayName       string                   `json:"sourceDisplayName,omitempty" max:"256"`
	Source                  *wire.CommunicationUser  `json:"source,omitempty"`
	OperationContext        string                   `json:"operationContext,omitempty" max:"4096"`
	CallbackURI             string                   `json:"callbackUri" max:"4096"`
	CallIntelligenceOptions *CallIntelligenceOptions `json:"callIntelligenceOptions,omitempty"`
	MediaStreamingOptions   *MediaStreamingOptions   `json:"mediaStreamingOptions,omitempty"`
	TranscriptionOptions    *TranscriptionOptions    `json:"transcriptionOptions,omitempty"`
	TeamsAppSource          *wire.MicrosoftTeamsApp  `json:"teamsAppSource,omitempty"`

	// Of 2025-08-15-preview alone.
	EnableLoopbackAudio bool `json:"enableLoopbackAudio,omitempty"`
}

// TypeCreateCallFailed is the type of CreateCallFailed.
const TypeCreateCallFailed = typePrefix + "CreateCallFailed"

// CreateCallFailed says that nobody took a call that createCall placed.
type CreateCallFailed struct{ EventData }
