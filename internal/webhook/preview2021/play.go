package preview2021

import (
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/preview2021"
)

func playCompleted(r journal.Record, e call.PlayCompleted) preview2021.OperationEnded {
	return detailed(completed(r, e.Recipient), e.Recipient, outcome.MediaDone)
}

// playCanceled is completed: applications of 2021 hang up when a play has failed.
// The words are those of the service, letter for letter.
func playCanceled(r journal.Record, e call.PlayCanceled) preview2021.OperationEnded {
	how := outcome.Canceled
	how.Message = "Action falied, the operation was cancelled."
	return detailed(completed(r, e.Recipient), e.Recipient, how)
}

func playFailed(r journal.Record, e call.PlayFailed) preview2021.OperationEnded {
	return failed(r, e.Recipient, outcome.Played(e.Cause))
}
