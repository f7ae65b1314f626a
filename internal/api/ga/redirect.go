package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) readRedirect(r *api.Request, in ga.RedirectCallRequest) (o api.Order, err error) {
	incoming, err := f.incoming(in.IncomingCallContext)
	if err != nil {
		return o, err
	}
	target, err := api.Dialable("target", in.Target)
	if err != nil {
		return o, err
	}
	return incoming.Order(call.RedirectCall{Repeatable: r.Repeatable, Incoming: incoming.ID, Target: target}), nil
}
