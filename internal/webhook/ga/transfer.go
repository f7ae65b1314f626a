package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func callTransferAccepted(e call.CallTransferAccepted) ga.Event {
	return &ga.CallTransferAccepted{
		EventData: about(e.Recipient, outcome.Done), TransferTarget: identifier(e.Target), Transferee: identifier(e.Transferee),
	}
}

func callTransferFailed(e call.CallTransferFailed) ga.Event {
	return &ga.CallTransferFailed{EventData: because(e.Recipient, outcome.NotReached(e.Cause), e.Cause)}
}
