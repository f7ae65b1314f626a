package api

import (
	"strowger/internal/call"
	"strowger/internal/wire"
)

// A call has a name to everyone, and some calls have that of a group, a GUID. Either
// is taken where the other is published.

// ByServerCall is the call that everyone's name of it in a field says. One that is
// none of this server's names a call that is not here.
func ByServerCall(field, id string) (Order, error) {
	if id == "" {
		return Order{}, wire.Fieldf(field, "is missing")
	}
	if o, ok := located(id); ok {
		return o, nil
	}
	return Order{}, call.NoCall()
}

// ByGroup is the call whose clients share the group in a field.
func ByGroup(field, id string) (Order, error) {
	if id == "" {
		return Order{}, wire.Fieldf(field, "is missing")
	}
	if o, ok := located(id); ok {
		return o, nil
	}
	return Order{}, wire.Fieldf(field, "%.64q is not a GUID", id)
}

func located(id string) (o Order, ok bool) {
	if named, ok := call.ServerCall(id); ok {
		return Order{Key: named.Key(), Call: named}, true
	}
	key, ok := call.GroupKey(id)
	return Order{Key: key}, ok
}
