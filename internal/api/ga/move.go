package ga

import (
	"context"
	"slices"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// readMove is of two calls: the one that the path names, where the participants
// are moved to, and the one where they are. Events of both wait for the answer.
func (f family) readMove(r *api.Request, in ga.MoveParticipantsRequest) (order api.Order, err error) {
	cmd := call.MoveHere{Repeatable: r.Repeatable, Connection: r.Connection(), From: call.ConnectionID(in.FromCall)}
	if len(in.TargetParticipants) == 0 {
		return order, wire.Fieldf("targetParticipants", "is missing or empty; at least one participant is needed")
	}
	if cmd.Participants, err = api.Addresses("targetParticipants", in.TargetParticipants); err != nil {
		return order, err
	}
	if in.FromCall == "" {
		return order, wire.Fieldf("fromCall", "is missing")
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return api.Order{
		Key: cmd.Connection.Key(), Beside: cmd.From.Key(), Command: cmd,
		Allowed: func(ctx context.Context) error { return movable(ctx, r, cmd) },
	}, err
}

// movable refuses to move whoever is not there to be moved. What happens after it
// has looked is told by an event. A request that is repeated finds that they have
// moved, and is answered as before.
func movable(ctx context.Context, r *api.Request, cmd call.MoveHere) error {
	here, err := r.Look(ctx, cmd.Connection.Key())
	if err != nil || here.Answered(cmd.Repeatable) {
		return nil // the rules know what to say
	}
	there, err := r.Look(ctx, cmd.From.Key())
	if _, seated := there.Properties(cmd.From); err != nil || !seated {
		return &call.Error{Kind: call.NotFound, Part: call.PartFrom, Reason: "there is no such call."}
	}
	roster := there.Roster()
	for _, a := range cmd.Participants {
		if !slices.ContainsFunc(roster, func(e call.RosterEntry) bool { return e.Address == a }) {
			return &call.Error{Kind: call.NotFound, Part: call.PartParticipant, Reason: string(a) + " is not in the call that fromCall names."}
		}
	}
	return nil
}

func showMoving(a call.Answer) api.Response {
	moving := ga.MoveParticipantsResponse{Participants: []ga.CallParticipant{}, OperationContext: a.Context, FromCall: string(a.From)}
	for _, who := range a.Participants {
		moving.Participants = append(moving.Participants, participant(call.RosterEntry{Address: who}))
	}
	return api.Response{Body: moving}
}
