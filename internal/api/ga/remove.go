package ga

import (
	"context"
	"net/http"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) removeParticipant(ctx context.Context, r *api.Request) (api.Response, error) {
	var in ga.RemoveParticipantRequest
	if err := r.Decode(&in); err != nil {
		return api.Response{}, err
	}
	cmd, err := f.readRemove(in)
	if err != nil {
		return api.Response{}, err
	}
	cmd.Repeatable, cmd.Connection = r.Repeat, connectionOf(r)
	answer, err := r.Do(ctx, cmd.Connection.Key(), cmd)
	return api.Response{
		Status: http.StatusAccepted,
		Body:   ga.RemoveParticipantResponse{OperationContext: answer.Context},
	}, err
}

func (f family) readRemove(in ga.RemoveParticipantRequest) (cmd call.RemoveParticipant, err error) {
	if cmd.Participant, err = address("participantToRemove", in.ParticipantToRemove); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}
