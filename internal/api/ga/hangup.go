package ga

import (
	"context"
	"net/http"

	"strowger/internal/api"
	"strowger/internal/call"
)

func (f family) hangUp(ctx context.Context, r *api.Request) (api.Response, error) {
	id := connectionOf(r)
	_, err := r.Do(ctx, id.Key(), call.HangUpCall{Repeatable: r.Repeat, Connection: id})
	return api.Response{Status: http.StatusNoContent}, err
}

func (f family) terminate(ctx context.Context, r *api.Request) (api.Response, error) {
	id := connectionOf(r)
	_, err := r.Do(ctx, id.Key(), call.TerminateCall{Repeatable: r.Repeat, Connection: id})
	return api.Response{Status: http.StatusNoContent}, err
}
