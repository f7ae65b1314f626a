package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) readReject(r *api.Request, in ga.RejectCallRequest) (o api.Order, err error) {
	incoming, err := f.incoming(in.IncomingCallContext)
	if err != nil {
		return o, err
	}
	reason, err := api.RejectReason("callRejectReason", in.CallRejectReason)
	if err != nil {
		return o, err
	}
	return incoming.Order(call.RejectCall{Repeatable: r.Repeatable, Incoming: incoming.ID, Reason: reason}), nil
}
