package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	wire2021 "strowger/internal/wire/preview2021"
)

// readCancelAll is an operation itself, which has ended when it is answered.
func (f family) readCancelAll(r *api.Request, p place, in wire2021.CancelAllMediaOperationsRequest) (api.Order, error) {
	op, err := f.operation(r, p, in.OperationContext, "")
	return p.reports(call.CancelMedia{Repeatable: r.Repeatable, Connection: p.connection}, op, wire2021.Completed), err
}

// readCancelEverything is readCancelAll where that has neither body nor answer.
func readCancelEverything(r *api.Request, p place, _ api.NoBody) (api.Order, error) {
	return p.command(call.CancelMedia{Repeatable: r.Repeatable, Connection: p.connection}), nil
}

func cancels(in wire2021.CancelMediaOperationRequest) *wire2021.CallLocator { return in.CallLocator }

// readCancel cancels one operation.
func readCancel(r *api.Request, p place, in wire2021.CancelMediaOperationRequest) (api.Order, error) {
	if in.MediaOperationID == "" {
		return api.Order{}, wire.Fieldf("mediaOperationId", "is missing")
	}
	return p.command(call.CancelMedia{Repeatable: r.Repeatable, Connection: p.connection, Named: in.MediaOperationID}), nil
}

// readCancelOfOne cancels one operation that is for one participant.
func readCancelOfOne(r *api.Request, p place, in wire2021.CancelMediaOperationRequest) (api.Order, error) {
	who, err := one(in.Identifier)
	if err != nil {
		return api.Order{}, err
	}
	if in.MediaOperationID == "" {
		return api.Order{}, wire.Fieldf("mediaOperationId", "is missing")
	}
	return p.command(call.CancelMedia{Repeatable: r.Repeatable, Connection: p.connection, Named: in.MediaOperationID, Participant: who}), nil
}
