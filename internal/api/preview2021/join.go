package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

func joins(in wire2021.JoinCallRequest) *wire2021.CallLocator { return in.CallLocator }

// readJoin takes a seat in a call. A group that has no call gets one.
func (f family) readJoin(r *api.Request, p place, in wire2021.JoinCallRequest) (o api.Order, err error) {
	cmd := call.ConnectCall{
		Repeatable: r.Repeatable, Call: p.order.Call, Group: p.group, Subject: in.Subject, MediaTypes: texts(in.RequestedMediaTypes),
	}
	if cmd.App, err = f.toldAt(r, in.CallbackURI, in.RequestedMediaTypes, in.RequestedCallEvents); err != nil {
		return o, err
	}
	if cmd.Source, err = source(in.Source); err != nil {
		return o, err
	}
	cmd.Connection, err = api.NewConnectionID(p.order.Key)
	return p.command(cmd), err
}
