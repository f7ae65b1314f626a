package preview2021

import "strowger/internal/wire"

// ConnectionState is the state of a connection.
type ConnectionState string

// The published states.
const (
	StateIncoming         ConnectionState = "incoming" // until 2021-08-30-preview
	StateUnknown          ConnectionState = "unknown"  // this one and the transfers from 2021-11-15-preview on
	StateConnecting       ConnectionState = "connecting"
	StateConnected        ConnectionState = "connected"
	StateTransferring     ConnectionState = "transferring"
	StateTransferAccepted ConnectionState = "transferAccepted"
	StateDisconnecting    ConnectionState = "disconnecting"
	StateDisconnected     ConnectionState = "disconnected"
)

// CallConnectionProperties answers GET /calling/callConnections/{id} of
// 2021-11-15-preview.
type CallConnectionProperties struct {
	CallConnectionID    string                  `json:"callConnectionId"`
	Source              *wire.Identifier        `json:"source,omitempty"`
	AlternateCallerID   *wire.PhoneNumber       `json:"alternateCallerId,omitempty"`
	Targets             []wire.Identifier       `json:"targets,omitempty"`
	CallConnectionState ConnectionState         `json:"callConnectionState"`
	Subject             string                  `json:"subject,omitempty"`
	CallbackURI         string                  `json:"callbackUri,omitempty"`
	RequestedMediaTypes []MediaType             `json:"requestedMediaTypes,omitempty"`
	RequestedCallEvents []EventSubscriptionType `json:"requestedCallEvents,omitempty"`
	CallLocator         *CallLocator            `json:"callLocator,omitempty"`
}

// TypeCallConnectionStateChanged is the type of CallConnectionStateChanged.
const TypeCallConnectionStateChanged = typePrefix + "CallConnectionStateChanged"

// CallConnectionStateChanged begins and ends a connection's events. Nothing names
// the call until the connection is connected.
type CallConnectionStateChanged struct {
	ServerCallID        string          `json:"serverCallId,omitempty"` // until 2021-08-30-preview
	CallLocator         *CallLocator    `json:"callLocator,omitempty"`  // from 2021-11-15-preview on
	CallConnectionID    string          `json:"callConnectionId"`
	CallConnectionState ConnectionState `json:"callConnectionState"`
}
