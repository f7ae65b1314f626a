package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func createCallFailed(e call.CreateCallFailed) ga.Event {
	return &ga.CreateCallFailed{EventData: because(e.Recipient, outcome.NotReached(e.Cause), e.Cause)}
}
