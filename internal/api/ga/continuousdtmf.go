package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) readStartListening(r *api.Request, in ga.ContinuousDTMFRequest) (cmd call.StartListening, err error) {
	cmd = call.StartListening{Repeatable: r.Repeatable, Connection: r.Connection()}
	if cmd.Participant, err = api.Address("targetParticipant", in.TargetParticipant); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func (f family) readStopListening(r *api.Request, in ga.ContinuousDTMFRequest) (cmd call.StopListening, err error) {
	cmd = call.StopListening{Repeatable: r.Repeatable, Connection: r.Connection()}
	if cmd.Participant, err = api.Address("targetParticipant", in.TargetParticipant); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}
