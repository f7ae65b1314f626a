package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

// readRemoveByID removes the participant that the path names.
func readRemoveByID(r *api.Request, p place, _ api.NoBody) (api.Order, error) {
	return p.command(call.RemoveParticipant{Repeatable: r.Repeatable, Connection: p.connection, ID: r.Param("participant")}), nil
}

func removes(in wire2021.RemoveParticipantRequest) *wire2021.CallLocator { return in.CallLocator }

func readRemove(r *api.Request, p place, in wire2021.RemoveParticipantRequest) (api.Order, error) {
	who, err := api.Address("identifier", in.Identifier)
	return p.command(call.RemoveParticipant{Repeatable: r.Repeatable, Connection: p.connection, Participant: who}), err
}
