package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func addParticipantSucceeded(e call.AddParticipantSucceeded) ga.Event {
	return &ga.AddParticipantSucceeded{EventData: about(e.Recipient, outcome.Done), Participant: identifier(e.Participant)}
}

func addParticipantFailed(e call.AddParticipantFailed) ga.Event {
	return &ga.AddParticipantFailed{
		EventData: because(e.Recipient, outcome.NotReached(e.Cause), e.Cause), Participant: identifier(e.Participant),
	}
}
