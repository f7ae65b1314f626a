package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

func (f family) incoming(context string) (api.Incoming, error) {
	return api.ReadIncoming(f.Contexts, "incomingCallContext", context)
}

func (f family) readAnswer(r *api.Request, in wire2021.AnswerCallRequest) (o api.Order, err error) {
	incoming, err := f.incoming(in.IncomingCallContext)
	if err != nil {
		return o, err
	}
	cmd := call.AnswerCall{Repeatable: r.Repeatable, Incoming: incoming.ID, MediaTypes: texts(in.RequestedMediaTypes)}
	if cmd.App, err = f.application(r, in.CallbackURI, in.RequestedMediaTypes, in.RequestedCallEvents); err != nil {
		return o, err
	}
	cmd.Connection, err = api.NewConnectionID(incoming.Call.Key())
	return incoming.Order(cmd), err
}

func (f family) readReject(r *api.Request, in wire2021.RejectCallRequest) (o api.Order, err error) {
	incoming, err := f.incoming(in.IncomingCallContext)
	if err != nil {
		return o, err
	}
	reason, err := api.RejectReason("callRejectReason", in.CallRejectReason)
	return incoming.Order(call.RejectCall{Repeatable: r.Repeatable, Incoming: incoming.ID, Reason: reason}), err
}

func (f family) readRedirect(r *api.Request, in wire2021.RedirectCallRequest) (o api.Order, err error) {
	incoming, err := f.incoming(in.IncomingCallContext)
	if err != nil {
		return o, err
	}
	target, err := api.Dialable("target", in.Target)
	return incoming.Order(call.RedirectCall{Repeatable: r.Repeatable, Incoming: incoming.ID, Target: target}), err
}
