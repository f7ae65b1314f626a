package ga

import (
	"strings"

	"strowger/internal/api"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// detectsMachine reports whether it is to be found out if a machine answers.
func detectsMachine(r *api.Request) (bool, error) {
	given := r.Header(ga.HeaderDetectMachine)
	switch strings.ToLower(given) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, wire.Fieldf(ga.HeaderDetectMachine, "%.64q is neither true nor false", given)
}
