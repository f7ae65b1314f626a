package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
)

func readHangUp(r *api.Request, _ api.NoBody) (call.HangUpCall, error) {
	return call.HangUpCall{Repeatable: r.Repeatable, Connection: r.Connection()}, nil
}

func readTerminate(r *api.Request, _ api.NoBody) (call.TerminateCall, error) {
	return call.TerminateCall{Repeatable: r.Repeatable, Connection: r.Connection()}, nil
}
