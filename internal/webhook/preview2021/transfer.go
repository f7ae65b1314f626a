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

func callTransferFailed(r journal.Record, e call.CallTransferFailed) preview2021.OperationEnded {
	return failed(r, e.Recipient, outcome.NotReached(e.Cause))
}
