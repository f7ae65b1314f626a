package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func toneHeard(e call.ToneHeard) ga.Event {
	return &ga.ContinuousDTMFToneReceived{EventData: about(e.Recipient, outcome.MediaDone),
		SequenceID: e.Sequence, Tone: ga.ToneOf(byte(e.Tone))}
}

func listeningFailed(e call.ListeningFailed) ga.Event {
	return &ga.ContinuousDTMFToneFailed{EventData: about(e.Recipient, outcome.Toned(e.Cause))}
}

func listeningStopped(e call.ListeningStopped) ga.Event {
	return &ga.ContinuousDTMFStopped{EventData: about(e.Recipient, outcome.MediaDone)}
}
