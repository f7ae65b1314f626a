package ga

import (
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) readReject(r *api.Request, in ga.RejectCallRequest) (o api.Order, err error) {
	incoming, err := f.incoming(in.IncomingCallContext)
	if err != nil {
		return o, err
	}
	reason, err := rejectReason(in.CallRejectReason)
	if err != nil {
		return o, err
	}
	return incoming.order(call.RejectCall{Repeatable: r.Repeatable, Incoming: incoming.id, Reason: reason}), nil
}

func rejectReason(given ga.RejectReason) (call.RejectReason, error) {
	switch ga.RejectReason(strings.ToLower(string(given))) {
	case "", ga.RejectNone:
		return call.RejectNone, nil
	case ga.RejectBusy:
		return call.RejectBusy, nil
	case ga.RejectForbidden:
		return call.RejectForbidden, nil
	}
	return "", wire.Fieldf("callRejectReason", "%.64q is not one of none, busy and forbidden", given)
}
