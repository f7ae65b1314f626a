package preview2021

import (
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/preview2021"
)

func addParticipantSucceeded(r journal.Record, e call.AddParticipantSucceeded) preview2021.OperationEnded {
	return completed(r, e.Recipient)
}

func addParticipantFailed(r journal.Record, e call.AddParticipantFailed) preview2021.OperationEnded {
	return failed(r, e.Recipient, outcome.NotReached(e.Cause))
}
