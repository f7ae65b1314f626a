package ga

import (
	"context"
	"net/http"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) reject(ctx context.Context, r *api.Request) (api.Response, error) {
	var in ga.RejectCallRequest
	if err := r.Decode(&in); err != nil {
		return api.Response{}, err
	}
	offer, err := f.offer(in.IncomingCallContext)
	if err != nil {
		return api.Response{}, err
	}
	reason, err := rejectReason(in.CallRejectReason)
	if err != nil {
		return api.Response{}, err
	}
	id := call.ID(offer.CallID)
	_, err = r.Do(ctx, id.Key(), call.RejectCall{Repeatable: r.Repeat, Incoming: call.IncomingID(offer.OfferID), Reason: reason})
	return api.Response{Status: http.StatusNoContent, Call: id}, err
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
