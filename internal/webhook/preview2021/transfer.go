package preview2021

import (
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/preview2021"
)

func callTransferAccepted(r journal.Record, e call.CallTransferAccepted) preview2021.OperationEnded {
	return completed(r, e.Recipient)
}

// isOthersMove reports whether an event is of a move that another family's command asked
// for: it has no operation that could be named.
func isOthersMove(e call.ForRecipient) bool {
	switch e.(type) {
	case call.MoveParticipantSucceeded, call.MoveParticipantFailed:
		return e.To().Operation == ""
	}
	return false
}

// Who is moved out of one call of the application into another one was transferred to
// that, where the operation is one of this family's.
func moved(r journal.Record, e call.MoveParticipantSucceeded) preview2021.OperationEnded {
	return completed(r, e.Recipient)
}

func notMoved(r journal.Record, e call.MoveParticipantFailed) preview2021.OperationEnded {
	return failed(r, e.Recipient, outcome.NotMoved(e.Cause))
}

func callTransferFailed(r journal.Record, e call.CallTransferFailed) preview2021.OperationEnded {
	return failed(r, e.Recipient, outcome.NotReached(e.Cause))
}
