package ga

import "strowger/internal/wire"

// ConnectionState is the state of a connection.
type ConnectionState string

// The published states.
const (
	StateUnknown          ConnectionState = "unknown"
	StateConnecting       ConnectionState = "connecting"
	StateConnected        ConnectionState = "connected"
	StateTransferring     ConnectionState = "transferring"
	StateTransferAccepted ConnectionState = "transferAccepted"
	StateDisconnecting    ConnectionState = "disconnecting"
	StateDisconnected     ConnectionState = "disconnected"
)

// CallConnectionProperties answers createCall, answer and get. The service
// leaves serverCallId out until the call is connected, and sends
// sourceDisplayName as "" when it is unset.
type CallConnectionProperties struct {
	CallConnectionID     string                  `json:"callConnectionId"`
	ServerCallID         string                  `json:"serverCallId,omitempty"`
	Targets              []wire.Identifier       `json:"targets,omitempty"`
	CallConnectionState  ConnectionState         `json:"callConnectionState"`
	CallbackURI          string                  `json:"callbackUri,omitempty"`
	SourceCallerIDNumber *wire.PhoneNumber       `json:"sourceCallerIdNumber,omitempty"`
	SourceDisplayName    string                  `json:"sourceDisplayName"`
	Source               *wire.Identifier        `json:"source,omitempty"`
	CorrelationID        string                  `json:"correlationId,omitempty"`
	AnsweredBy           *wire.CommunicationUser `json:"answeredBy,omitempty"`
	AnsweredFor          *wire.PhoneNumber       `json:"answeredFor,omitempty"`

	MediaStreamingSubscription *MediaStreamingSubscription `json:"mediaStreamingSubscription,omitempty"`
	TranscriptionSubscription  *TranscriptionSubscription  `json:"transcriptionSubscription,omitempty"`
}

// Types of the events of a connection's life.
const (
	TypeCallConnected    = typePrefix + "CallConnected"
	TypeCallDisconnected = typePrefix + "CallDisconnected"
)

// CallConnected begins a connection's events, or stands directly beside the
// first ParticipantsUpdated.
type CallConnected struct{ EventData }

// CallDisconnected is the last event of a connection.
type CallDisconnected struct{ EventData }
