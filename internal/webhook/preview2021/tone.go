package preview2021

import (
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/wire/preview2021"
)

func toneHeard(r journal.Record, e call.ToneHeard) preview2021.ToneReceived {
	return preview2021.ToneReceived{
		ToneInfo:         preview2021.ToneInfo{SequenceID: e.Sequence, Tone: preview2021.ToneOf(byte(e.Tone))},
		CallConnectionID: string(e.Connection), CallLocator: locator(r, e.Recipient),
	}
}
