package preview2021

// RejectCallRequest is POST /calling:reject, answered 202 and empty. The reason is
// none, busy or forbidden; an absent one means none.
type RejectCallRequest struct {
	IncomingCallContext string `json:"incomingCallContext" max:"16384"`
	CallRejectReason    string `json:"callRejectReason,omitempty" max:"64"`
}
