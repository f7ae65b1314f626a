package api

import (
	"strings"

	"strowger/internal/access"
	"strowger/internal/call"
	"strowger/internal/wire"
)

// Contexts opens the context by which applications name a call that rings at them.
type Contexts interface {
	Open(context string) (access.IncomingContext, error)
}

// Incoming is the call that a context stands for. Whether it can still be answered is
// the call's to say.
type Incoming struct {
	Call call.ID
	ID   call.IncomingID
}

// ReadIncoming opens the context in a field.
func ReadIncoming(contexts Contexts, field, context string) (Incoming, error) {
	if context == "" {
		return Incoming{}, wire.Fieldf(field, "is missing")
	}
	opened, err := contexts.Open(context)
	if err != nil {
		return Incoming{}, wire.Fieldf(field, "is %v", err)
	}
	return Incoming{Call: call.ID(opened.CallID), ID: call.IncomingID(opened.IncomingID)}, nil
}

// Order gives a command to the call.
func (i Incoming) Order(cmd call.Command) Order {
	return Order{Key: i.Call.Key(), Call: i.Call, Command: cmd}
}

// RejectReason reads why a call is not taken, in any case of letters; nothing is none.
func RejectReason(field, given string) (call.RejectReason, error) {
	reason := call.RejectReason(strings.ToLower(given))
	switch reason {
	case "":
		return call.RejectNone, nil
	case call.RejectNone, call.RejectBusy, call.RejectForbidden:
		return reason, nil
	}
	return "", wire.Fieldf(field, "%.64q is not one of none, busy and forbidden", given)
}
