package ga

// typePrefix leads the type of every event.
const typePrefix = "Microsoft.Communication."

// ConnectionSubject is the source and subject of a connection's events.
func ConnectionSubject(connectionID string) string {
	return "calling/callConnections/" + connectionID
}

// EventData is what all events of a connection carry. OperationContext is
// absent when the application gave none, and on ParticipantsUpdated.
type EventData struct {
	Version           Version            `json:"version"`
	OperationContext  string             `json:"operationContext,omitempty"`
	ResultInformation *ResultInformation `json:"resultInformation,omitempty"`
	CallConnectionID  string             `json:"callConnectionId"`
	ServerCallID      string             `json:"serverCallId"`
	CorrelationID     string             `json:"correlationId"`
	PublicEventType   string             `json:"publicEventType"`
}

// Event is the data of an event: a type that embeds EventData.
type Event interface{ Common() *EventData }

// Common is what the event carries like all others.
func (d *EventData) Common() *EventData { return d }

// ResultInformation says how an operation ended. SIPDetails and Q850Details
// exist from 2026-03-12 on.
type ResultInformation struct {
	Code        int         `json:"code"`
	SubCode     int         `json:"subCode"`
	Message     string      `json:"message"`
	SIPDetails  *Diagnostic `json:"sipDetails,omitempty"`
	Q850Details *Diagnostic `json:"q850Details,omitempty"`
}

// Diagnostic is a code and text as the telephone network gave them.
type Diagnostic struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}
