package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
)

func readCancel(r *api.Request, _ api.NoBody) (call.CancelMedia, error) {
	return call.CancelMedia{Repeatable: r.Repeatable, Connection: r.Connection()}, nil
}
