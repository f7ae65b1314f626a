package ga

// ConnectCallRequest is POST /calling/callConnections:connect, answered 200
// with CallConnectionProperties.
type ConnectCallRequest struct {
	CallLocator             CallLocator              `json:"callLocator"`
	CallbackURI             string                   `json:"callbackUri" max:"4096"`
	OperationContext        string                   `json:"operationContext,omitempty" max:"4096"`
	CallIntelligenceOptions *CallIntelligenceOptions `json:"callIntelligenceOptions,omitempty"`
	MediaStreamingOptions   *MediaStreamingOptions   `json:"mediaStreamingOptions,omitempty"`
	TranscriptionOptions    *TranscriptionOptions    `json:"transcriptionOptions,omitempty"`

	// Of 2025-08-15-preview alone.
	EnableLoopbackAudio bool `json:"enableLoopbackAudio,omitempty"`
}

// CallLocator names a call from outside of it, in the one way that Kind says.
type CallLocator struct {
	Kind         LocatorKind `json:"kind,omitempty" max:"64"`
	GroupCallID  string      `json:"groupCallId,omitempty" max:"256"`
	ServerCallID string      `json:"serverCallId,omitempty" max:"4096"`
	RoomID       string      `json:"roomId,omitempty" max:"256"`
}

// LocatorKind is how a CallLocator names its call.
type LocatorKind string

// The published kinds.
const (
	LocatorGroup  LocatorKind = "groupCallLocator"
	LocatorServer LocatorKind = "serverCallLocator"
	LocatorRoom   LocatorKind = "roomCallLocator"
)

// TypeConnectFailed is the type of ConnectFailed.
const TypeConnectFailed = typePrefix + "ConnectFailed"

// ConnectFailed says that an accepted connect did not become a connection.
type ConnectFailed struct{ EventData }
