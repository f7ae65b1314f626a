package api

import (
	"context"

	"strowger/internal/call"
)

// Connection is the connection that the path names.
func (r *Request) Connection() call.ConnectionID {
	return call.ConnectionID(r.Param("connection"))
}

// OnConnection is an operation that gives a command to the call of the
// connection that the path names.
func OnConnection[In any, C call.Command](read func(*Request, In) (C, error), show func(call.Answer) Response) Serve {
	return OnConnectionUnless(func(In) *Refusal { return nil }, read, show)
}

// OnConnectionUnless is OnConnection for an operation that may ask for what the
// server lacks.
func OnConnectionUnless[In any, C call.Command](lacking func(In) *Refusal, read func(*Request, In) (C, error), show func(call.Answer) Response) Serve {
	return Command(func(r *Request, in In) (Order, error) {
		cmd, err := read(r, in)
		return Order{Key: r.Connection().Key(), Command: cmd, Lacking: lacking(in)}, err
	}, show)
}

// Seat is a call as one of its connections sees it.
type Seat struct {
	Call       call.State
	Properties call.Properties
}

// Look is an operation that shows a call through one of its connections;
// without that, the call is not there for who asks.
func Look(show func(*Request, Seat) (Response, error)) Serve {
	return func(ctx context.Context, r *Request) (Response, error) {
		id := r.Connection()
		state, err := r.Look(ctx, id.Key())
		if err != nil {
			return Response{}, err
		}
		p, ok := state.Properties(id)
		if !ok {
			return Response{}, call.NoCall()
		}
		shown, err := show(r, Seat{state, p})
		shown.Call = p.Call
		return shown, err
	}
}
