package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

func adds(in wire2021.AddParticipantRequest) *wire2021.CallLocator { return in.CallLocator }

// readAdd is answered with the participantId, by which the invited can be removed also
// while it still rings.
func (f family) readAdd(r *api.Request, p place, in wire2021.AddParticipantRequest) (api.Order, error) {
	cmd, err := f.add(r, p, in)
	return p.command(cmd), err
}

func showAdded(a call.Answer) api.Response {
	return api.Response{Body: wire2021.AddParticipantResult{ParticipantID: a.Participant.ParticipantID()}}
}

// readAddOperation is readAdd where the answer names the operation.
func (f family) readAddOperation(r *api.Request, p place, in wire2021.AddParticipantRequest) (api.Order, error) {
	cmd, err := f.add(r, p, in)
	return p.reports(cmd, cmd.Operation, wire2021.Running), err
}

func (f family) add(r *api.Request, p place, in wire2021.AddParticipantRequest) (cmd call.AddParticipant, err error) {
	cmd = call.AddParticipant{Repeatable: r.Repeatable, Connection: p.connection}
	if cmd.Participant, err = api.Dialable("participant", in.Participant); err != nil {
		return cmd, err
	}
	if cmd.CallerID, err = api.ShownNumber("alternateCallerId", in.AlternateCallerID); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(r, p, in.OperationContext, in.CallbackURI)
	return cmd, err
}
