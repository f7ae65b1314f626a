package preview2021

// CallLocator names a call from outside of it, in the one way that Kind says. Of
// 2021-11-15-preview.
type CallLocator struct {
	Kind         LocatorKind `json:"kind,omitempty" max:"64"`
	ServerCallID string      `json:"serverCallId,omitempty" max:"4096"`
	GroupCallID  string      `json:"groupCallId,omitempty" max:"256"`
}

// LocatorKind is how a CallLocator names its call.
type LocatorKind string

// The published kinds.
const (
	LocatorServer LocatorKind = "serverCallLocator"
	LocatorGroup  LocatorKind = "groupCallLocator"
)

// ServerCallLocator names a call by its serverCallId, as answers and events do.
func ServerCallLocator(serverCallID string) *CallLocator {
	return &CallLocator{Kind: LocatorServer, ServerCallID: serverCallID}
}
