package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func removeParticipantSucceeded(e call.RemoveParticipantSucceeded) ga.Event {
	return &ga.RemoveParticipantSucceeded{EventData: about(e.Recipient, outcome.Done), Participant: identifier(e.Participant)}
}
