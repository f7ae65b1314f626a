package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	wire2021 "strowger/internal/wire/preview2021"
)

func (f family) readCreate(r *api.Request, in wire2021.CreateCallRequest) (o api.Order, err error) {
	cmd := call.CreateCall{Repeatable: r.Repeatable, Subject: in.Subject, MediaTypes: texts(in.RequestedMediaTypes)}
	if cmd.App, err = f.toldAt(r, in.CallbackURI, in.RequestedMediaTypes, in.RequestedCallEvents); err != nil {
		return o, err
	}
	if cmd.Source, err = source(in.Source); err != nil {
		return o, err
	}
	if cmd.CallerID, err = api.ShownNumber("alternateCallerId", in.AlternateCallerID); err != nil {
		return o, err
	}
	if cmd.Targets, err = readTargets(in.Targets, cmd.CallerID); err != nil {
		return o, err
	}
	if cmd.Call, cmd.Connection, err = api.NewCall(r.Repeatable); err != nil {
		return o, err
	}
	return api.Order{Key: cmd.Call.Key(), Call: cmd.Call, Command: cmd}, nil
}

// showSeat answers with the connection that an application has got.
func showSeat(a call.Answer) api.Response {
	return api.Response{Body: wire2021.ConnectionResult{CallConnectionID: string(a.Connection.Connection)}, Call: a.Connection.Call}
}

// readTargets: a telephone has to be shown a number that calls it.
func readTargets(targets []wire.Identifier, callerID call.Address) ([]call.Address, error) {
	if len(targets) == 0 {
		return nil, wire.Fieldf("targets", "is missing or empty; at least one target is needed")
	}
	read := make([]call.Address, len(targets))
	for i, target := range targets {
		a, err := api.Dialable(api.Indexed("targets", i), target)
		switch {
		case err != nil:
			return nil, err
		case a.IsPhone() && callerID == "":
			return nil, wire.Fieldf("alternateCallerId", "is missing; a call to a phone number needs it: one of the numbers of a trunk, as +14255550100")
		}
		read[i] = a
	}
	return read, nil
}
