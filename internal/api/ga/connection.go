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
	return onConnectionUnless(func(In) *api.Refusal { return nil }, read, show)
}

// onConnectionUnless is onConnection for an operation that may ask for what the
// server lacks.
func onConnectionUnless[In any, C call.Command](lacking func(In) *api.Refusal, read func(*api.Request, In) (C, error), show func(call.Answer) api.Response) api.Serve {
	return api.Command(func(r *api.Request, in In) (api.Order, error) {
		cmd, err := read(r, in)
		return api.Order{Key: connectionOf(r).Key(), Command: cmd, Lacking: lacking(in)}, err
	}, show)
}

// withoutSetup is an operation that needs what no call is set up with here: a
// right request of a connection that may act gets the refusal.
func withoutSetup[In any](check func(In) error, refusal *api.Refusal) api.Serve {
	return api.Asked(func(ctx context.Context, r *api.Request, in In) (api.Response, error) {
		if err := check(in); err != nil {
			return api.Response{}, err
		}
		id := connectionOf(r)
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
