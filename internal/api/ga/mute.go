package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func readMute(r *api.Request, in ga.MuteParticipantsRequest) (cmd call.Mute, err error) {
	cmd = call.Mute{Repeatable: r.Repeatable, Connection: r.Connection(), Operation: call.Operation{Context: in.OperationContext}}
	if len(in.TargetParticipants) == 0 {
		return cmd, wire.Fieldf("targetParticipants", "is missing or empty; at least one participant is needed")
	}
	cmd.Participants, err = api.Addresses("targetParticipants", in.TargetParticipants)
	return cmd, err
}

func showMuted(a call.Answer) api.Response {
	return api.Response{Body: ga.MuteParticipantsResponse{OperationContext: a.Context}}
}
