package server

import (
	"context"
	"errors"
	"io"

	"strowger/internal/bridge"
	"strowger/internal/call"
	"strowger/internal/config"
	"strowger/internal/speech"
	"strowger/internal/speech/recognition"
	"strowger/internal/speech/recognition/pocketsphinx"
)

// words speaks for the bridge and checks for the API.
type words struct{ *speech.Speaker }

func newWords(c config.Synthesizer) words {
	return words{speech.NewSpeaker(speech.Engines(speech.Settings(c))...)}
}

// buildRecognizer makes who listens. The engine of this machine starts nothing until it is
// asked.
func (p *parts) buildRecognizer() {
	here := pocketsphinx.New(p.log)
	p.closers = append(p.closers, here.Close)
	p.recognizer = recognition.New(recognition.Config{Engines: recognition.Engines(recognition.Settings(p.cfg.Speech.Recognizer), here), Log: p.log})
}

func utterance(s call.Speech) speech.Utterance {
	return speech.Utterance{Text: s.Text, SSML: s.SSML, Language: s.Language, Gender: speech.Gender(s.Gender), Voice: s.Voice}
}

// speechReasons are the failures of speech in the words of the rules.
var speechReasons = map[speech.Why]call.Reason{
	speech.Broken: call.SpeechFailed, speech.Busy: call.SpeechBusy, speech.Late: call.SpeechLate, speech.Denied: call.SpeechDenied,
}

// Speak implements bridge.Speaker.
func (w words) Speak(ctx context.Context, s call.Speech) (bridge.Reader, error) {
	spoken, err := w.Open(ctx, utterance(s))
	if err != nil {
		return nil, unspoken(err)
	}
	return speaking{spoken}, nil
}

func unspoken(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	reason := call.SpeechFailed
	if failure := new(speech.Failure); errors.As(err, &failure) {
		reason = speechReasons[failure.Why]
	}
	return &bridge.SpeechError{Reason: reason, Detail: err.Error()}
}

// speaking is speech for the bridge.
type speaking struct{ *speech.Speech }

func (s speaking) Read(samples []int16) (int, error) {
	n, err := s.Speech.Read(samples)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unspoken(err)
	}
	return n, err
}

func (speaking) Close() {}

// check reports what is wrong in words. That there is no voice at all is not their
// fault.
func (w words) check(s call.Speech) error {
	err := w.Check(utterance(s))
	if unspoken := new(speech.UnspokenError); errors.As(err, &unspoken) && unspoken.None {
		return nil
	}
	return err
}
