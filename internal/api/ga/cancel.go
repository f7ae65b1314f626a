package ga

import (
	"context"
	"net/http"

	"strowger/internal/api"
	"strowger/internal/call"
)

func (f family) cancelAllMedia(ctx context.Context, r *api.Request) (api.Response, error) {
	id := connectionOf(r)
	_, err := r.Do(ctx, id.Key(), call.CancelMedia{Repeatable: r.Repeat, Connection: id})
	return api.Response{Status: http.StatusAccepted}, err
}
