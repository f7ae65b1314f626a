package api

import (
	"context"
	"reflect"

	"strowger/internal/call"
	"strowger/internal/wire"
)

// Family is one generation of the published API: which versions it has, what
// can be asked, and how it answers what it refuses.
type Family struct {
	Versions   []string
	Operations []Operation
	Codes      Codes
	Params     map[string]string // the published names of the paths' parameters
}

// Operation is one published operation. Path is written as in the documentation:
// "/calling/callConnections/{connection}:play", where the verb is glued to what it
// is of, or "/calling/callConnections/{connection}/:hangup", where it is a segment.
// This package's log knows the parameter {connection}.
type Operation struct {
	Name   string
	Method string
	Path   string
	Status int                  // of an answer that is no refusal
	Serve  Serve                // nil: published, but not built yet
	Fields map[call.Part]string // where in the request the parts of its command stand
}

// Serve does what an operation is for. Command makes most of them.
type Serve func(context.Context, *Request) (Response, error)

// Response is what an operation that was accepted answers. A nil Body is an
// empty one. Call, when it is known, becomes the answer's chain id.
type Response struct {
	Body any
	Call call.ID
}

// Order is a command and the call that it is for; the call's ID may be unknown.
// Lacking, when it is set, is what the server has not got to carry out a command
// that is right as it is: the order is refused with it, but only if the rules
// would have taken the command.
type Order struct {
	Key     call.Key
	Call    call.ID
	Command call.Command
	Lacking *Refusal
	Beside  call.Key                    // another call in which the command has effects; may be empty
	Allowed func(context.Context) error // asked before the command is given; nil: it is
	Show    func(call.Answer) Response  // shows the answer of this one; nil: as the operation does
}

// NoBody is what operations without a request body read.
type NoBody struct{}

// Command makes the Serve of an operation that gives a command to a call. read
// turns the request's body into an order, stamped with the request's
// Repeatable; show puts the command's answer in its published form, unless the order
// has a Show of its own.
func Command[In any](read func(*Request, In) (Order, error), show func(call.Answer) Response) Serve {
	return Asked(func(ctx context.Context, r *Request, in In) (Response, error) {
		order, err := read(r, in)
		if err != nil {
			return Response{}, err
		}
		if order.Allowed != nil {
			if err := order.Allowed(ctx); err != nil {
				return Response{}, err
			}
		}
		answer, err := r.do(ctx, order)
		if err != nil {
			return Response{}, err
		}
		as := show
		if order.Show != nil {
			as = order.Show
		}
		shown := as(answer)
		if shown.Call == "" {
			shown.Call = order.Call
		}
		return shown, nil
	})
}

// Asked makes the Serve of an operation from what it does with its request's body.
//
// It panics when a field of the request may be of any size: what one request
// costs is bounded.
func Asked[In any](serve func(context.Context, *Request, In) (Response, error)) Serve {
	if _, err := wire.Bounds(reflect.TypeFor[In]()); err != nil {
		panic("api: a request without bounds: " + err.Error())
	}
	return func(ctx context.Context, r *Request) (Response, error) {
		var in In
		if err := r.decode(&in); err != nil {
			return Response{}, err
		}
		return serve(ctx, r, in)
	}
}

// Nothing shows an answer that is its status alone.
func Nothing(call.Answer) Response { return Response{} }
