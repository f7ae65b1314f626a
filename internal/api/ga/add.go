package ga

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) addParticipant(ctx context.Context, r *api.Request) (api.Response, error) {
	var in ga.AddParticipantRequest
	if err := r.Decode(&in); err != nil {
		return api.Response{}, err
	}
	cmd, err := f.readAdd(in)
	if err != nil {
		return api.Response{}, err
	}
	cmd.Repeatable, cmd.Connection = r.Repeat, connectionOf(r)
	answer, err := r.Do(ctx, cmd.Connection.Key(), cmd)
	if err != nil {
		return api.Response{}, err
	}
	return api.Response{Status: http.StatusAccepted, Body: ga.AddParticipantResponse{
		Participant:      participant(*answer.Participant),
		OperationContext: answer.Context,
		InvitationID:     answer.InvitationID,
	}}, nil
}

func (f family) readAdd(in ga.AddParticipantRequest) (cmd call.AddParticipant, err error) {
	cmd = call.AddParticipant{InvitationID: uuid.NewString(), SourceName: in.SourceDisplayName}
	if cmd.Participant, err = dialable("participantToAdd", in.ParticipantToAdd); err != nil {
		return cmd, err
	}
	if cmd.CallerID, err = shownNumber("sourceCallerIdNumber", in.SourceCallerIDNumber); err != nil {
		return cmd, err
	}
	seconds, err := between("invitationTimeoutInSeconds", in.InvitationTimeoutInSeconds, 0, 180, 0)
	if err != nil {
		return cmd, err
	}
	cmd.RingTimeout = time.Duration(seconds) * time.Second
	if cmd.Headers, err = customHeaders(cmd.Participant, in.CustomCallingContext); err != nil {
		return cmd, within("customCallingContext", err)
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}
