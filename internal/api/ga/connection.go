package ga

import (
	"context"

	"strowger/internal/api"
	"strowger/internal/call"
)

// connectionOf is the connection that the path names.
func connectionOf(r *api.Request) call.ConnectionID {
	return call.ConnectionID(r.Param("connection"))
}

// onConnection is an operation that gives a command to the call of the
// connection that the path names.
func onConnection[In any, C call.Command](read func(*api.Request, In) (C, error), show func(call.Answer) api.Response) api.Serve {
	return api.Command(func(r *api.Request, in In) (api.Order, error) {
		cmd, err := read(r, in)
		return api.Order{Key: connectionOf(r).Key(), Command: cmd}, err
	}, show)
}

// seat is a call as one of its connections sees it.
type seat struct {
	call       call.State
	properties call.Properties
}

// look is an operation that shows a call through one of its connections;
// without that, the call is not there for who asks.
func look(show func(*api.Request, seat) (api.Response, error)) api.Serve {
	return func(ctx context.Context, r *api.Request) (api.Response, error) {
		id := connectionOf(r)
		state, err := r.Look(ctx, id.Key())
		if err != nil {
			return api.Response{}, err
		}
		p, ok := state.Properties(id)
		if !ok {
			return api.Response{}, call.NoCall()
		}
		shown, err := show(r, seat{state, p})
		shown.Call = p.Call
		return shown, err
	}
}

func showCall(_ *api.Request, s seat) (api.Response, error) {
	return api.Response{Body: properties(s.properties)}, nil
}
