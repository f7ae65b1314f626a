package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func moveParticipantSucceeded(e call.MoveParticipantSucceeded) ga.Event {
	return &ga.MoveParticipantSucceeded{
		EventData: about(e.Recipient, outcome.Done), Participant: identifier(e.Participant), FromCall: string(e.From),
	}
}

func moveParticipantFailed(e call.MoveParticipantFailed) ga.Event {
	return &ga.MoveParticipantFailed{
		EventData: about(e.Recipient, outcome.NotMoved(e.Cause)), Participant: identifier(e.Participant), FromCall: string(e.From),
	}
}
