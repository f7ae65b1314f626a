package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func sendTonesCompleted(e call.SendTonesCompleted) ga.Event {
	return &ga.SendDTMFTonesCompleted{EventData: about(e.Recipient, outcome.MediaDone)}
}

func sendTonesFailed(e call.SendTonesFailed) ga.Event {
	return &ga.SendDTMFTonesFailed{EventData: about(e.Recipient, outcome.Toned(e.Cause))}
}
