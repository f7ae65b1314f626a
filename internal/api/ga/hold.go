package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) readHold(r *api.Request, in ga.HoldRequest) (cmd call.HoldParticipant, err error) {
	cmd = call.HoldParticipant{Repeatable: r.Repeatable, Connection: r.Connection()}
	if cmd.Participant, err = api.Address("targetParticipant", in.TargetParticipant); err != nil {
		return cmd, err
	}
	if in.PlaySourceInfo != nil {
		audio, err := f.source(*in.PlaySourceInfo)
		if err != nil {
			return cmd, api.Within("playSourceInfo", err)
		}
		cmd.Audio = &audio
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func (f family) lackingForHold(in ga.HoldRequest) *api.Refusal {
	if in.PlaySourceInfo == nil {
		return nil
	}
	return f.unspokenSource("playSourceInfo", *in.PlaySourceInfo)
}

func (f family) readUnhold(r *api.Request, in ga.UnholdRequest) (cmd call.UnholdParticipant, err error) {
	cmd = call.UnholdParticipant{Repeatable: r.Repeatable, Connection: r.Connection()}
	if cmd.Participant, err = api.Address("targetParticipant", in.TargetParticipant); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}
