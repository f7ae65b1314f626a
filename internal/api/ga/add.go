package ga

import (
	"time"

	"github.com/google/uuid"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) readAdd(r *api.Request, in ga.AddParticipantRequest) (cmd call.AddParticipant, err error) {
	cmd = call.AddParticipant{
		Repeatable: r.Repeatable, Connection: r.Connection(),
		InvitationID: uuid.NewString(), SourceName: in.SourceDisplayName,
	}
	if cmd.Participant, err = api.Dialable("participantToAdd", in.ParticipantToAdd); err != nil {
		return cmd, err
	}
	if cmd.CallerID, err = api.ShownNumber("sourceCallerIdNumber", in.SourceCallerIDNumber); err != nil {
		return cmd, err
	}
	seconds, err := between("invitationTimeoutInSeconds", in.InvitationTimeoutInSeconds, 0, 180, 0)
	if err != nil {
		return cmd, err
	}
	cmd.RingTimeout = time.Duration(seconds) * time.Second
	if cmd.Headers, cmd.VoIPHeaders, err = customHeaders(in.CustomCallingContext); err != nil {
		return cmd, api.Within("customCallingContext", err)
	}
	if cmd.Detect, err = detectsMachine(r); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func showAdded(a call.Answer) api.Response {
	return api.Response{Body: ga.AddParticipantResponse{
		Participant: participant(*a.Participant), OperationContext: a.Context, InvitationID: a.InvitationID,
	}}
}
