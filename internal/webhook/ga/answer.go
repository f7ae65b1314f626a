package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func answerFailed(e call.AnswerFailed) ga.Event {
	return &ga.AnswerFailed{EventData: because(e.Recipient, outcome.NotAnswered(e.Cause), e.Cause)}
}
