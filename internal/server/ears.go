package server

import (
	"strowger/internal/bridge"
	"strowger/internal/call"
	"strowger/internal/speech/recognition"
	"strowger/internal/stream"
)

// readersEars are the recognizer as transcripts see it.
type readersEars struct{ *recognition.Recognizer }

func (e readersEars) Listen(w recognition.Wish, told func(recognition.News)) (stream.Ear, error) {
	ear, err := e.Recognizer.Listen(w, told)
	if err != nil {
		return nil, err // not a nil *recognition.Ear
	}
	return ear, nil
}

// ears are the recognizer as the bridge sees it: what is said to somebody who asks.
type ears struct{ *recognition.Recognizer }

func (e ears) Open(open call.OpenEar, told func(call.Signal)) (bridge.Ear, *call.EarFailed) {
	a := asking{operation: open.Operation, told: told}
	wish := recognition.Wish{Language: open.Voice.Language, Model: open.Voice.Model, EndSilence: open.Voice.EndSilence}
	for _, c := range open.Choices {
		a.labels = append(a.labels, c.Label)
		a.choices = append(a.choices, recognition.Choice{Phrases: c.Phrases})
		wish.Phrases = append(wish.Phrases, c.Phrases...)
	}
	ear, err := e.Listen(wish, a.hear)
	if err != nil {
		return nil, a.failed(err)
	}
	return ear, nil
}

// asking is somebody who asks, and of what answers.
type asking struct {
	operation call.OperationID
	labels    []string // of the choices
	choices   []recognition.Choice
	told      func(call.Signal)
}

// hear says in the words of the rules what an ear tells.
func (a asking) hear(n recognition.News) {
	switch n := n.(type) {
	case recognition.Began:
		a.told(call.VoiceBegan{Operation: a.operation})
	case recognition.Ended:
		a.told(a.answer(n.Heard))
	case recognition.Failed:
		a.told(*a.failed(&n.Failure))
	}
}

func (a asking) answer(h recognition.Heard) call.SpeechHeard {
	heard := call.SpeechHeard{Operation: a.operation, Text: h.Text, Confidence: h.Confidence}
	if chosen, phrase, sure, ok := recognition.Choose(h, a.choices); ok {
		heard.Choice, heard.Phrase, heard.Confidence = a.labels[chosen], phrase, sure
	}
	return heard
}

func (a asking) failed(err error) *call.EarFailed {
	return &call.EarFailed{Operation: a.operation, Reason: stream.Unheard(err), Detail: err.Error()}
}
