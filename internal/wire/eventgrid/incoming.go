package eventgrid

import "strowger/internal/wire"

// TypeIncomingCall is the type of IncomingCall.
const TypeIncomingCall = typePrefix + "IncomingCall"

// IncomingCall offers a call to an application. CallerDisplayName is "" for a
// caller from the telephone network.
type IncomingCall struct {
	To                  wire.Identifier  `json:"to"`
	From                wire.Identifier  `json:"from"`
	ServerCallID        string           `json:"serverCallId"`
	CallerDisplayName   string           `json:"callerDisplayName"`
	CustomContext       *CustomContext   `json:"customContext,omitempty"`
	IncomingCallContext string           `json:"incomingCallContext"`
	OnBehalfOfCallee    *wire.Identifier `json:"onBehalfOfCallee,omitempty"`
	CorrelationID       string           `json:"correlationId"`
}

// CustomContext is what the caller's endpoint, or the operation that placed
// the call, attached to it.
type CustomContext struct {
	SIPHeaders  map[string]string `json:"sipHeaders"`
	VoIPHeaders map[string]string `json:"voipHeaders"`
}

// IncomingCallSubject is the subject of IncomingCall.
func IncomingCallSubject(fromRawID, toRawID string) string {
	return "/caller/" + fromRawID + "/recipient/" + toRawID
}
