package server

import (
	"log/slog"
	"reflect"
	"testing"

	"strowger/internal/call"
	"strowger/internal/speech/recognition"
)

// What an ear tells becomes what the rules know.
func TestAnAnswerIsToldInTheWordsOfTheRules(t *testing.T) {
	var told []call.Signal
	a := asking{operation: 3, told: func(s call.Signal) { told = append(told, s) }}
	menu := a
	menu.labels, menu.choices = []string{"hot", "cold"}, []recognition.Choice{{Phrases: []string{"tea", "coffee"}}, {Phrases: []string{"water"}}}
	for _, c := range []struct {
		of   asking
		news recognition.News
		want call.Signal
	}{
		{a, recognition.Began{}, call.VoiceBegan{Operation: 3}},
		{a, recognition.Ended{Heard: recognition.Heard{Text: "a tea", Confidence: 0.5}}, call.SpeechHeard{Operation: 3, Text: "a tea", Confidence: 0.5}},
		{a, recognition.Ended{}, call.SpeechHeard{Operation: 3}},
		{menu, recognition.Ended{Heard: recognition.Heard{Text: "Coffee.", Confidence: 0.5}}, call.SpeechHeard{Operation: 3, Text: "Coffee.", Choice: "hot", Phrase: "coffee", Confidence: 0.5}},
		{menu, recognition.Ended{Heard: recognition.Heard{Text: "a whale", Confidence: 0.5}}, call.SpeechHeard{Operation: 3, Text: "a whale", Confidence: 0.5}},
		{a, recognition.Failed{Failure: recognition.Failure{Why: recognition.Late, Detail: "slow"}}, call.EarFailed{Operation: 3, Reason: call.HearingLate, Detail: "slow"}},
	} {
		told = nil
		c.of.hear(c.news)
		if len(told) != 1 || !reflect.DeepEqual(told[0], c.want) {
			t.Errorf("%+v is told as %+v, want %+v", c.news, told, c.want)
		}
	}
}

func TestAnEarThatThereIsNoEngineForFails(t *testing.T) {
	r := recognition.New(recognition.Config{Log: slog.New(slog.DiscardHandler)})
	ear, failed := ears{r}.Open(call.OpenEar{Operation: 3, Voice: call.Voice{Language: "en-US"}}, nil)
	if ear != nil || failed == nil || failed.Operation != 3 || failed.Reason != call.HearingFailed || failed.Detail == "" {
		t.Errorf("it is %v, and fails with %+v", ear, failed)
	}
}
