package ga

import (
	"context"
	"net/http"

	"strowger/internal/api"
	"strowger/internal/call"
)

// connectionOf is the connection that the path names.
func connectionOf(r *api.Request) call.ConnectionID {
	return call.ConnectionID(r.Param("callConnectionId"))
}

// seat looks at a call through one of its connections; without that, the call
// is not there for who asks.
func seat(ctx context.Context, r *api.Request) (call.State, call.Properties, error) {
	id := connectionOf(r)
	state, err := r.Look(ctx, id.Key())
	if err != nil {
		return call.State{}, call.Properties{}, err
	}
	p, ok := state.Properties(id)
	if !ok {
		return call.State{}, call.Properties{}, &call.Error{Kind: call.NotFound, Reason: "Call not found."}
	}
	return state, p, nil
}

func (f family) getCall(ctx context.Context, r *api.Request) (api.Response, error) {
	_, p, err := seat(ctx, r)
	return api.Response{Status: http.StatusOK, Body: properties(p), Call: p.Call}, err
}
