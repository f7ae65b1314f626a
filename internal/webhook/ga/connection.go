package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func callConnected(e call.CallConnected) ga.Event {
	return &ga.CallConnected{EventData: about(e.Recipient, outcome.Done)}
}

// callDisconnected knows that the versions before 2026-03-12 had another
// sentence for a graceful end.
func callDisconnected(e call.CallDisconnected) ga.Event {
	result := outcome.Disconnected(e.Cause)
	if outcome.Graceful(e.Cause) && !diagnoses(e.Recipient) {
		result = outcome.EndedWith(outcome.Ended)
	}
	return &ga.CallDisconnected{EventData: because(e.Recipient, result, e.Cause)}
}
