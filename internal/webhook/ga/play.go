package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func playStarted(e call.PlayStarted) ga.Event {
	return &ga.PlayStarted{EventData: about(e.Recipient, outcome.MediaDone)}
}

func playCompleted(e call.PlayCompleted) ga.Event {
	return &ga.PlayCompleted{EventData: about(e.Recipient, outcome.MediaDone), StrowgerHearing: hearing(e.Hearing)}
}

func hearing(heard []call.Hearing) (all []ga.Hearing) {
	for _, h := range heard {
		all = append(all, ga.Hearing{
			Participant: identifier(h.Participant), SentMs: h.Sent.Milliseconds(),
			ReportedMs: h.Reported.Milliseconds(), ReceivedMs: h.Received.Milliseconds(),
		})
	}
	return all
}

func playCanceled(e call.PlayCanceled) ga.Event {
	return &ga.PlayCanceled{EventData: about(e.Recipient, outcome.Canceled)}
}

func playFailed(e call.PlayFailed) ga.Event {
	return &ga.PlayFailed{EventData: about(e.Recipient, outcome.Played(e.Cause)), FailedPlaySourceIndex: sourceIndex(e.Source)}
}

// sourceIndex is absent when no source failed.
func sourceIndex(i int) *int {
	if i < 0 {
		return nil
	}
	return &i
}
