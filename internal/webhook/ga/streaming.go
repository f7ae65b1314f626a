package ga

import (
	"net/http"

	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func streamingStarted(e call.StreamingStarted) ga.Event {
	details := ga.SubscriptionStarted
	if e.Again {
		details = ga.StreamConnectionReestablished
	}
	return streaming(e.Recipient, outcome.MediaDone, ga.StreamingIsStarted, details)
}

func streamingStopped(e call.StreamingStopped) ga.Event {
	return streaming(e.Recipient, outcome.MediaDone, ga.StreamingIsStopped, ga.SubscriptionStopped)
}

func streamingFailed(e call.StreamingFailed) ga.Event {
	return streaming(e.Recipient, outcome.Streamed(e.Cause), ga.StreamingHasFailed, whyStreamingFailed(e))
}

func streaming(to call.Recipient, r outcome.Result, status, details string) ga.Event {
	return &ga.MediaStreamingEvent{EventData: about(to, r), Update: ga.MediaStreamingUpdate{ContentType: ga.StreamedAudio, StreamingStatus: status, StreamingStatusDetails: details}}
}

// refusals are what applications answer in place of a socket.
var refusals = map[int]string{
	http.StatusBadRequest:      ga.StreamBadRequest,
	http.StatusUnauthorized:    ga.StreamAuthenticationFailure,
	http.StatusForbidden:       ga.StreamForbidden,
	http.StatusTooManyRequests: ga.StreamTooManyRequests,
}

func whyStreamingFailed(e call.StreamingFailed) string {
	if details, ok := refusals[e.Status]; ok {
		return details
	}
	switch {
	case e.Cause.Reason == call.StreamUnopened && e.Status != 0:
		return ga.StreamConnectionUnsuccessful
	case e.Cause.Reason == call.StreamUnopened:
		return ga.InitialWebSocketFailed
	case e.Cause.Reason == call.StreamBroken:
		return ga.StreamConnectionInterrupted
	}
	return ga.StreamServiceShutdown // the process that had the stream is over
}
