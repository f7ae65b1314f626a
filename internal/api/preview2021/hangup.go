package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
)

func readHangUp(r *api.Request, p place, _ api.NoBody) (api.Order, error) {
	return p.command(call.HangUpCall{Repeatable: r.Repeatable, Connection: p.connection}), nil
}

// readDelete ends the call for everyone.
func readDelete(r *api.Request, p place, _ api.NoBody) (api.Order, error) {
	return p.command(call.TerminateCall{Repeatable: r.Repeatable, Connection: p.connection}), nil
}
