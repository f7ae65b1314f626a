package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func holdFailed(e call.HoldFailed) ga.Event {
	return &ga.HoldFailed{EventData: about(e.Recipient, outcome.Played(e.Cause))}
}
