package ga

import "strowger/internal/api"

func (f family) incoming(context string) (api.Incoming, error) {
	return api.ReadIncoming(f.Contexts, "incomingCallContext", context)
}
