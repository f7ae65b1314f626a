package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func recognizeCompleted(e call.RecognizeCompleted) ga.Event {
	if e.Choice != "" {
		return &ga.RecognizeCompleted{
			EventData: about(e.Recipient, outcome.Recognized(e.Cause)), RecognitionType: ga.RecognizedChoices,
			ChoiceResult: &ga.ChoiceResult{Label: e.Choice},
		}
	}
	d := &ga.RecognizeCompleted{
		EventData: about(e.Recipient, outcome.Recognized(e.Cause)), RecognitionType: ga.RecognizedDTMF,
		DTMFResult: &ga.DTMFResult{Tones: make([]ga.Tone, 0, len(e.Tones))},
	}
	for _, t := range e.Tones {
		d.DTMFResult.Tones = append(d.DTMFResult.Tones, ga.ToneOf(byte(t)))
	}
	return d
}

func recognizeCanceled(e call.RecognizeCanceled) ga.Event {
	return &ga.RecognizeCanceled{EventData: about(e.Recipient, outcome.Canceled)}
}

func recognizeFailed(e call.RecognizeFailed) ga.Event {
	return &ga.RecognizeFailed{EventData: about(e.Recipient, outcome.Recognized(e.Cause)), FailedPlaySourceIndex: sourceIndex(e.Source)}
}
