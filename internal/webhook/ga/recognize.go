package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

// confidenceSince is the version that first says how sure an engine is.
const confidenceSince ga.Version = "2025-05-15"

func recognizeCompleted(e call.RecognizeCompleted) ga.Event {
	d := &ga.RecognizeCompleted{EventData: about(e.Recipient, outcome.Recognized(e.Cause))}
	switch {
	case e.Choice != "":
		d.RecognitionType, d.ChoiceResult = ga.RecognizedChoices, choiceResult(e)
	case e.Said != nil:
		d.RecognitionType, d.SpeechResult = ga.RecognizedSpeech, speechResult(e)
	default:
		d.RecognitionType, d.DTMFResult = ga.RecognizedDTMF, dtmfResult(e.Tones)
	}
	return d
}

func dtmfResult(tones []call.Tone) *ga.DTMFResult {
	r := &ga.DTMFResult{Tones: make([]ga.Tone, 0, len(tones))}
	for _, t := range tones {
		r.Tones = append(r.Tones, ga.ToneOf(byte(t)))
	}
	return r
}

func choiceResult(e call.RecognizeCompleted) *ga.ChoiceResult {
	r := &ga.ChoiceResult{Label: e.Choice}
	if e.Said != nil {
		r.RecognizedPhrase = e.Said.Phrase
		r.Confidence, r.LanguageIdentified = sureness(e)
	}
	return r
}

func speechResult(e call.RecognizeCompleted) *ga.SpeechResult {
	r := &ga.SpeechResult{Speech: e.Said.Text}
	r.Confidence, r.LanguageIdentified = sureness(e)
	return r
}

// sureness is how sure the engine was, and of which language, for versions that tell.
func sureness(e call.RecognizeCompleted) (confidence float64, language string) {
	v := ga.Version(e.Version)
	if v.AtLeast(confidenceSince) {
		confidence = e.Said.Confidence
	}
	if v == ga.SpeechPreview {
		language = e.Said.Language
	}
	return confidence, language
}

func recognizeCanceled(e call.RecognizeCanceled) ga.Event {
	return &ga.RecognizeCanceled{EventData: about(e.Recipient, outcome.Canceled)}
}

func recognizeFailed(e call.RecognizeFailed) ga.Event {
	return &ga.RecognizeFailed{EventData: about(e.Recipient, outcome.Recognized(e.Cause)), FailedPlaySourceIndex: sourceIndex(e.Source)}
}
