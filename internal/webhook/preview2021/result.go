package preview2021

import (
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/preview2021"
)

// completed ends an operation as it should end.
func completed(r journal.Record, to call.Recipient) preview2021.OperationEnded {
	ended := preview2021.OperationEnded{
		OperationResult: preview2021.OperationResult{Status: preview2021.Completed, OperationContext: to.Context},
		CallLocator:     locator(r, to),
	}
	if extended(to) {
		ended.OperationID = to.Operation
	}
	return ended
}

func failed(r journal.Record, to call.Recipient, why outcome.Result) preview2021.OperationEnded {
	ended := detailed(completed(r, to), to, why)
	ended.Status = preview2021.Failed
	return ended
}

// detailed adds how it ended, in the member that the recipient's version has.
func detailed(ended preview2021.OperationEnded, to call.Recipient, how outcome.Result) preview2021.OperationEnded {
	detail := &preview2021.OperationDetail{Code: how.Code, Subcode: how.SubCode, Message: how.Message}
	if extended(to) {
		ended.ResultDetails = detail
	} else {
		ended.ResultInfo = detail
	}
	return ended
}
