package ga

import (
	"context"
	"net/http"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) redirect(ctx context.Context, r *api.Request) (api.Response, error) {
	var in ga.RedirectCallRequest
	if err := r.Decode(&in); err != nil {
		return api.Response{}, err
	}
	offer, err := f.offer(in.IncomingCallContext)
	if err != nil {
		return api.Response{}, err
	}
	target, err := dialable("target", in.Target)
	if err != nil {
		return api.Response{}, err
	}
	id := call.ID(offer.CallID)
	_, err = r.Do(ctx, id.Key(), call.RedirectCall{Repeatable: r.Repeat, Incoming: call.IncomingID(offer.OfferID), Target: target})
	return api.Response{Status: http.StatusNoContent, Call: id}, err
}
