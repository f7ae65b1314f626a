package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func transcriptionStarted(e call.TranscriptionStarted) ga.Event {
	if e.Again {
		return transcription(e.Recipient, outcome.MediaDone, ga.TranscriptionIsResumed, ga.StreamConnectionReestablished)
	}
	return transcription(e.Recipient, outcome.MediaDone, ga.TranscriptionIsStarted, ga.SubscriptionStarted)
}

func transcriptionUpdated(e call.TranscriptionUpdated) ga.Event {
	return transcription(e.Recipient, outcome.MediaDone, ga.TranscriptionIsUpdated, ga.TranscriptionLocaleUpdated)
}

func transcriptionStopped(e call.TranscriptionStopped) ga.Event {
	return transcription(e.Recipient, outcome.MediaDone, ga.TranscriptionIsStopped, ga.SubscriptionStopped)
}

func transcriptionFailed(e call.TranscriptionFailed) ga.Event {
	return transcription(e.Recipient, outcome.Transcribed(e.Cause), ga.TranscriptionHasFailed, whyTranscriptionFailed(e))
}

func transcription(to call.Recipient, r outcome.Result, status, details string) ga.Event {
	return &ga.TranscriptionEvent{EventData: about(to, r), Update: ga.TranscriptionUpdate{TranscriptionStatus: status, TranscriptionStatusDetails: details}}
}

// unheard are the failures of those who listen.
var unheard = map[call.Reason]string{
	call.HearingFailed: ga.SpeechServicesConnectionError,
	call.HearingDenied: ga.StreamAuthenticationFailure,
	call.HearingBusy:   ga.StreamTooManyRequests,
	call.HearingLate:   ga.StreamServiceTimeout,
}

func whyTranscriptionFailed(e call.TranscriptionFailed) string {
	if details, ok := unheard[e.Cause.Reason]; ok {
		return details
	}
	if details, ok := refusals[e.Status]; ok {
		return details
	}
	switch e.Cause.Reason {
	case call.StreamUnopened:
		return ga.StreamConnectionUnsuccessful
	case call.StreamBroken:
		return ga.StreamConnectionInterrupted
	}
	return ga.StreamServiceShutdown // the process that had the transcript is over
}
