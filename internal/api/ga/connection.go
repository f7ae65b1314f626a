package ga

import (
	"context"

	"strowger/internal/api"
)

// withoutSetup is an operation that needs what no call is set up with here: a
// right request of a connection that may act gets the refusal.
func withoutSetup[In any](check func(In) error, refusal *api.Refusal) api.Serve {
	return api.Asked(func(ctx context.Context, r *api.Request, in In) (api.Response, error) {
		if err := check(in); err != nil {
			return api.Response{}, err
		}
		id := r.Connection()
		state, err := r.Look(ctx, id.Key())
		if err == nil {
			err = state.Takes(id)
		}
		if err != nil {
			return api.Response{}, err
		}
		return api.Response{}, refusal
	})
}

func showCall(_ *api.Request, s api.Seat) (api.Response, error) {
	return api.Response{Body: properties(s.Properties)}, nil
}
