package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

// readMute mutes telephones too.
func readMute(r *api.Request, p place, in wire2021.MuteParticipantRequest) (api.Order, error) {
	who, err := api.Address("identifier", in.Identifier)
	return p.command(call.Mute{
		Repeatable: r.Repeatable, Connection: p.connection, Participants: []call.Address{who}, Anyone: true,
		Operation: call.Operation{Context: in.OperationContext},
	}), err
}

func readUnmute(r *api.Request, p place, in wire2021.MuteParticipantRequest) (api.Order, error) {
	who, err := api.Address("identifier", in.Identifier)
	return p.command(call.Unmute{
		Repeatable: r.Repeatable, Connection: p.connection, Participants: []call.Address{who},
		Operation: call.Operation{Context: in.OperationContext},
	}), err
}
