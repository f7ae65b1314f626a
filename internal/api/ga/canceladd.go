package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) readCancelAdd(r *api.Request, in ga.CancelAddParticipantRequest) (cmd call.CancelAdd, err error) {
	cmd = call.CancelAdd{Repeatable: r.Repeatable, Connection: r.Connection(), InvitationID: in.InvitationID}
	if in.InvitationID == "" {
		return cmd, wire.Fieldf("invitationId", "is missing")
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func showCanceledAdd(a call.Answer) api.Response {
	return api.Response{Body: ga.CancelAddParticipantResponse{InvitationID: a.InvitationID, OperationContext: a.Context}}
}
