package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) readTransfer(r *api.Request, in ga.TransferToParticipantRequest) (cmd call.Transfer, err error) {
	cmd = call.Transfer{Repeatable: r.Repeatable, Connection: r.Connection(), Onward: api.NewCallID(r.Repeatable)}
	if cmd.Target, err = api.Dialable("targetParticipant", in.TargetParticipant); err != nil {
		return cmd, err
	}
	if in.Transferee != nil {
		if cmd.Transferee, err = api.Address("transferee", *in.Transferee); err != nil {
			return cmd, err
		}
	}
	if cmd.CallerID, err = api.ShownNumber("sourceCallerIdNumber", in.SourceCallerIDNumber); err != nil {
		return cmd, err
	}
	if cmd.Headers, cmd.VoIPHeaders, err = customHeaders(in.CustomCallingContext); err != nil {
		return cmd, api.Within("customCallingContext", err)
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func showTransferring(a call.Answer) api.Response {
	return api.Response{Body: ga.TransferCallResponse{OperationContext: a.Context}}
}
