package api

import (
	"strowger/internal/call"
	"strowger/internal/wire"
)

// ByServerCall is the call that everyone's name of it in a field says. One that is
// none of this server's names a call that is not here.
func ByServerCall(field, id string) (Order, error) {
	if id == "" {
		return Order{}, wire.Fieldf(field, "is missing")
	}
	named, ok := call.ServerCall(id)
	if !ok {
		return Order{}, call.NoCall()
	}
	return Order{Key: named.Key(), Call: named}, nil
}

// ByGroup is the call whose clients share the group in a field, a GUID.
func ByGroup(field, id string) (Order, error) {
	if id == "" {
		return Order{}, wire.Fieldf(field, "is missing")
	}
	key, ok := call.GroupKey(id)
	if !ok {
		return Order{}, wire.Fieldf(field, "%.64q is not a GUID", id)
	}
	return Order{Key: key}, nil
}
