package ga

// RejectReason is what the caller is told.
type RejectReason string

// The published reasons; an absent one means none.
const (
	RejectNone      RejectReason = "none"
	RejectBusy      RejectReason = "busy"
	RejectForbidden RejectReason = "forbidden"
)

// RejectCallRequest is POST /calling/callConnections:reject, answered 204.
type RejectCallRequest struct {
	IncomingCallContext string       `json:"incomingCallContext" max:"16384"`
	CallRejectReason    RejectReason `json:"callRejectReason,omitempty" max:"64"`
}
