package ga

// RejectCallRequest is POST /calling/callConnections:reject, answered 204. The reason
// is none, busy or forbidden; an absent one means none.
type RejectCallRequest struct {
	IncomingCallContext string `json:"incomingCallContext" max:"16384"`
	CallRejectReason    string `json:"callRejectReason,omitempty" max:"64"`
}
