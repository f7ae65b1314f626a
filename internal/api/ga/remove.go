package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) readRemove(r *api.Request, in ga.RemoveParticipantRequest) (cmd call.RemoveParticipant, err error) {
	cmd = call.RemoveParticipant{Repeatable: r.Repeatable, Connection: r.Connection()}
	if cmd.Participant, err = api.Address("participantToRemove", in.ParticipantToRemove); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func showRemoved(a call.Answer) api.Response {
	return api.Response{Body: ga.RemoveParticipantResponse{OperationContext: a.Context}}
}
