package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) readTransfer(r *api.Request, in ga.TransferToParticipantRequest) (cmd call.Transfer, err error) {
	cmd = call.Transfer{Repeatable: r.Repeatable, Connection: connectionOf(r), Onward: call.NewID(newSeed(r.Repeatable).call())}
	if cmd.Target, err = dialable("targetParticipant", in.TargetParticipant); err != nil {
		return cmd, err
	}
	if in.Transferee != nil {
		if cmd.Transferee, err = address("transferee", *in.Transferee); err != nil {
			return cmd, err
		}
	}
	if cmd.CallerID, err = shownNumber("sourceCallerIdNumber", in.SourceCallerIDNumber); err != nil {
		return cmd, err
	}
	if cmd.Headers, cmd.VoIPHeaders, err = customHeaders(in.CustomCallingContext); err != nil {
		return cmd, within("customCallingContext", err)
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func showTransferring(a call.Answer) api.Response {
	return api.Response{Body: ga.TransferCallResponse{OperationContext: a.Context}}
}
