package ga

import (
	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
)

// Contexts opens the incomingCallContext of a call that rings at applications.
type Contexts interface {
	Open(context string) (access.IncomingContext, error)
}

// incoming is the call that an incomingCallContext stands for. Whether it can
// still be answered is the call's to say.
type incoming struct {
	call call.ID
	id   call.IncomingID
}

func (f family) incoming(context string) (incoming, error) {
	if context == "" {
		return incoming{}, wire.Fieldf("incomingCallContext", "is missing")
	}
	opened, err := f.Contexts.Open(context)
	if err != nil {
		return incoming{}, wire.Fieldf("incomingCallContext", "is %v", err)
	}
	return incoming{call: call.ID(opened.CallID), id: call.IncomingID(opened.IncomingID)}, nil
}

func (i incoming) order(cmd call.Command) api.Order {
	return api.Order{Key: i.call.Key(), Call: i.call, Command: cmd}
}
