package preview2021

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	wire2021 "strowger/internal/wire/preview2021"
)

func (f family) readTransfer(r *api.Request, p place, in wire2021.TransferToParticipantRequest) (o api.Order, err error) {
	cmd := call.Transfer{Repeatable: r.Repeatable, Connection: p.connection, Onward: api.NewCallID(r.Repeatable)}
	if cmd.Target, err = api.Dialable("targetParticipant", in.TargetParticipant); err != nil {
		return o, err
	}
	if cmd.CallerID, err = api.ShownNumber("alternateCallerId", in.AlternateCallerID); err != nil {
		return o, err
	}
	if cmd.Headers, err = userToUser(in.UserToUserInformation); err != nil {
		return o, err
	}
	if cmd.Operation, err = f.operation(r, p, in.OperationContext, ""); err != nil {
		return o, err
	}
	return p.reports(cmd, cmd.Operation, wire2021.Running), nil
}

// transferToCall has the other one in the call move into another one of the
// application's. With that this call is over; the seat in the other one stays. The
// result is told where the events of this connection are.
func (f family) transferToCall(ctx context.Context, r *api.Request, in wire2021.TransferToCallRequest) (api.Response, error) {
	p := inCall(r)
	state, err := r.Look(ctx, p.order.Key)
	if err != nil {
		return api.Response{}, err
	}
	who, err := state.Transferee(p.connection)
	if err != nil {
		return api.Response{}, err
	}
	here, _ := state.Properties(p.connection)
	return api.Command(func(r *api.Request, in wire2021.TransferToCallRequest) (o api.Order, err error) {
		there := call.ConnectionID(strings.ToLower(in.TargetCallConnectionID))
		switch {
		case there == "":
			return o, wire.Fieldf("targetCallConnectionId", "is missing")
		case there.Key() == "":
			return o, wire.Fieldf("targetCallConnectionId", "%.64q is not a GUID", in.TargetCallConnectionID)
		}
		if _, err := userToUser(in.UserToUserInformation); err != nil {
			return o, err
		}
		cmd := call.MoveHere{Repeatable: r.Repeatable, Connection: there, From: p.connection, Participants: []call.Address{who}}
		if cmd.Operation, err = f.operation(r, p, in.OperationContext, ""); err != nil {
			return o, err
		}
		cmd.Operation.CallbackURI = here.CallbackURI
		o = p.reports(cmd, cmd.Operation, wire2021.Running)
		o.Key, o.Beside = there.Key(), p.order.Key
		return o, nil
	}, api.Nothing)(ctx, r)
}

// ofOneOnly words what the rules say of a call in which more than one could be
// transferred: this family cannot say whom.
func ofOneOnly(serve api.Serve) api.Serve {
	return func(ctx context.Context, r *api.Request) (api.Response, error) {
		response, err := serve(ctx, r)
		var rules *call.Error
		if errors.As(err, &rules) && rules.Kind == call.Invalid && rules.Part == call.PartTransferee {
			err = &api.Refusal{Code: badRequest, Reason: "More than one are in the call beside the application: nobody is transferred out of it."}
		}
		return response, err
	}
}

// userToUser is the header in which a target is told something (RFC 7433).
func userToUser(information string) (map[string]string, error) {
	switch {
	case information == "":
		return nil, nil
	case strings.ContainsFunc(information, unicode.IsControl):
		// A line break in a header would let it write the rest of the message.
		return nil, wire.Fieldf("userToUserInformation", "holds a control character")
	}
	return map[string]string{"User-To-User": information}, nil
}
