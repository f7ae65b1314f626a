package preview2021

import (
	"context"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	wire2021 "strowger/internal/wire/preview2021"
)

// place is where a command goes: to the call of a connection (in call), or to a call by
// its name (out of call).
type place struct {
	order      api.Order
	connection call.ConnectionID // empty: out of call
	group      string            // that the call was named by, a lower-case GUID; else empty
}

// onConnection is an operation that gives a command through the connection that the
// path names.
func onConnection[In any](read func(*api.Request, place, In) (api.Order, error), show func(call.Answer) api.Response) api.Serve {
	return worded(noConnection, api.Command(func(r *api.Request, in In) (api.Order, error) {
		return read(r, inCall(r), in)
	}, show))
}

// onServerCall is an operation that gives a command to the call that the path names.
func onServerCall[In any](read func(*api.Request, place, In) (api.Order, error), show func(call.Answer) api.Response) api.Serve {
	return worded(noServerCall, api.Command(func(r *api.Request, in In) (api.Order, error) {
		p, err := byPath(r)
		if err != nil {
			return api.Order{}, err
		}
		return read(r, p, in)
	}, show))
}

// atLocator is an operation that gives a command to the call that the body names.
func atLocator[In any](locator func(In) *wire2021.CallLocator, read func(*api.Request, place, In) (api.Order, error), show func(call.Answer) api.Response) api.Serve {
	return worded(noServerCall, api.Command(func(r *api.Request, in In) (api.Order, error) {
		p, err := byLocator(r, locator(in))
		if err != nil {
			return api.Order{}, err
		}
		return read(r, p, in)
	}, show))
}

// inCall is the connection that the path names.
func inCall(r *api.Request) place {
	id := r.Connection()
	return place{order: api.Order{Key: id.Key()}, connection: id}
}

// byPath is the call that the path names.
func byPath(r *api.Request) (place, error) { return named(r, "serverCallId", r.Param("call")) }

// byLocator is the call that a locator names. One without a kind is of the kind that it
// has a member for.
func byLocator(r *api.Request, l *wire2021.CallLocator) (p place, err error) {
	if l == nil {
		return p, wire.Fieldf("callLocator", "is missing")
	}
	switch kind := string(l.Kind); {
	case strings.EqualFold(kind, string(wire2021.LocatorServer)), kind == "" && l.ServerCallID != "":
		p, err = named(r, "serverCallId", l.ServerCallID)
	case strings.EqualFold(kind, string(wire2021.LocatorGroup)), kind == "" && l.GroupCallID != "":
		p, err = named(r, "groupCallId", l.GroupCallID)
	case kind == "":
		err = wire.Fieldf("", "names no call")
	default:
		err = api.OneOf("kind", kind, api.Needed, string(wire2021.LocatorServer), string(wire2021.LocatorGroup))
	}
	return p, api.Within("callLocator", err)
}

// named is the call of a name. A group has one call after another, with one key: a
// serverCallId is that of one of them.
func named(r *api.Request, field, name string) (p place, err error) {
	by := api.ByServerCall
	if field == "groupCallId" {
		by = api.ByGroup
	}
	if p.order, err = by(field, name); err != nil {
		return p, err
	}
	if p.order.Call == "" {
		p.group = strings.ToLower(name)
		return p, nil
	}
	p.order.Allowed = func(ctx context.Context) error {
		_, err := p.look(ctx, r)
		return err
	}
	return p, nil
}

// look is the call as it is.
func (p place) look(ctx context.Context, r *api.Request) (call.State, error) {
	state, err := r.Look(ctx, p.order.Key)
	if err == nil && p.order.Call != "" && state.ID != p.order.Call {
		err = call.NoCall()
	}
	return state, err
}

// command orders what has no answer of its own.
func (p place) command(cmd call.Command) api.Order {
	p.order.Command = cmd
	return p.order
}

// operation is what a command carries about itself. In call its events go where those
// of the connection go.
func (f family) operation(r *api.Request, p place, context, callbackURI string) (call.Operation, error) {
	op := call.Operation{Context: context, Named: api.NewGUID(r.Repeatable)}
	if callbackURI != "" {
		if err := f.CheckHTTP(callbackURI); err != nil {
			return op, badCallback("callbackUri")
		}
	}
	if p.connection == "" {
		op.CallbackURI, op.Version = callbackURI, r.Version
	}
	return op, nil
}

// reports orders what is answered with how far its operation is.
func (p place) reports(cmd call.Command, op call.Operation, status wire2021.OperationStatus) api.Order {
	p.order.Command = cmd
	p.order.Show = func(call.Answer) api.Response {
		return api.Response{Body: wire2021.OperationResult{OperationID: op.Named, Status: status, OperationContext: op.Context}}
	}
	return p.order
}
