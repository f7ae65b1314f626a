package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"strowger/test/client"
	"strowger/test/engines"
	"strowger/test/server"
)

// Numbers of the lab.
const (
	oneSpeaker   = "+15550106" // says a sentence
	otherSpeaker = "+155501061"
	echo         = "+15550100" // says what it hears
)

// transcribing is a server whose ear is at a URL, and which opens sockets to the bot.
func transcribing(b *bot, recognizer string) server.Config {
	return server.Config{Lab: true, Environment: []string{
		"STROWGER_OUTBOUND_CA_FILES=" + b.ca(), "STROWGER_SPEECH_RECOGNIZER_ENGINE=http", "STROWGER_SPEECH_RECOGNIZER_URL=" + recognizer,
	}}
}

// transcription asks for one.
func (b *bot) transcription(more client.Object) client.Object {
	options := client.Object{"transportType": "websocket", "transportUrl": b.url(), "locale": "en-US"}
	for name, value := range more {
		options[name] = value
	}
	return options
}

// last is the last message that it has read.
func (b *bot) last() (said struct {
	TranscriptionData struct {
		Confidence       float64
		Offset, Duration uint64
		Words            []struct {
			Text             string
			Offset, Duration uint64
		}
	}
}) {
	if err := json.Unmarshal([]byte(b.read[len(b.read)-1]), &said); err != nil {
		b.t.Error(err)
	}
	return said
}

// TestAnApplicationReadsWhoSaysWhat: two people who speak at once, from the start of
// the call on, as whisper hears them.
func TestAnApplicationReadsWhoSaysWhat(t *testing.T) {
	b := newBot(t)
	w := start(t, transcribing(b, engines.Whisper(t)))
	created := w.api.CreateCall(w.app.URL("/callback"), []client.Object{client.Number(oneSpeaker), client.Number(otherSpeaker)}, client.Object{
		"operationContext":     "reader",
		"transcriptionOptions": b.transcription(client.Object{"startTranscription": true, "enableIntermediateResults": true}),
	})
	expect(t, created, 201)
	connection := created.Text("callConnectionId")
	started := w.app.AwaitEvent(connection, "TranscriptionStarted")
	if started.Context() != "reader" || started.Text("transcriptionUpdate", "transcriptionStatus") != "transcriptionStarted" || started.Text("transcriptionUpdate", "transcriptionStatusDetails") != "subscriptionStarted" {
		t.Errorf("got %s", started)
	}
	for _, who := range []string{oneSpeaker, otherSpeaker} {
		b.awaitText("4:"+who, "sentence", "call works")
	}
	if got := w.api.Get(connection); got.Text("transcriptionSubscription", "state") != "active" || got.Text("transcriptionSubscription", "locale") != "en-US" {
		t.Errorf("the call is %s", got)
	}
	expect(t, w.api.Verb(connection, ":stopTranscription", client.Object{"operationContext": "enough"}), 202)
	w.app.AwaitResult("enough", "TranscriptionStopped")
	w.end(connection)
	b.mu.Lock()
	defer b.mu.Unlock()
	if !strings.HasPrefix(b.read[0], `{"kind":"TranscriptionMetadata"`) {
		t.Errorf("it begins with %s", b.read[0])
	}
	// The sentence lasts six seconds.
	if d := b.last().TranscriptionData; d.Duration < 1e7 || d.Duration > 10e7 || d.Confidence <= 0 || d.Words == nil {
		t.Errorf("the last that it reads is %+v", d)
	}
}

// recognizer is a server that has one answer to all that is said in a language.
func recognizer(t *testing.T, answer func(language string) (status int, text string)) (url string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, text := answer(r.FormValue("language"))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// inEnglishAndGerman understands the same whatever is said, each in its language.
func inEnglishAndGerman(language string) (int, string) {
	if language == "de" {
		return http.StatusOK, `{"text":"Der Anruf geht.","words":[{"word":"Der","start":0.1,"end":0.3},{"word":" Anruf","start":0.4,"end":0.75},{"word":"geht.","start":0.8,"end":1.1}]}`
	}
	return http.StatusOK, `{"text":"Your call works."}`
}

// TestATranscriptionIsStartedUpdatedAndStopped: what is said is heard in the language
// of the time. The number of the lab says what it hears.
func TestATranscriptionIsStartedUpdatedAndStopped(t *testing.T) {
	b := newBot(t)
	w := start(t, transcribing(b, recognizer(t, inEnglishAndGerman)))
	created := w.api.CreateCall(w.app.URL("/callback"), []client.Object{client.Number(echo)}, client.Object{"transcriptionOptions": b.transcription(nil)})
	expect(t, created, 201)
	connection := created.Text("callConnectionId")
	w.app.AwaitEvent(connection, "CallConnected")
	said := func() {
		oc := newContext("words")
		expect(t, w.api.Verb(connection, ":play", client.Object{"operationContext": oc, "playSources": []any{
			client.Object{"kind": "text", "text": client.Object{"text": "Good morning."}},
		}}), 202)
		w.app.AwaitResult(oc, "PlayCompleted")
	}
	expect(t, w.api.Verb(connection, ":startTranscription", client.Object{"operationContext": "start"}), 202)
	w.app.AwaitResult("start", "TranscriptionStarted")
	said()
	b.awaitText("4:"+echo, "your call works.")
	expect(t, w.api.Verb(connection, ":updateTranscription", client.Object{"operationContext": "update", "locale": "de-DE"}), 202)
	updated := w.app.AwaitResult("update", "TranscriptionUpdated")
	if updated.Text("transcriptionUpdate", "transcriptionStatusDetails") != "transcriptionLocaleUpdated" {
		t.Errorf("got %s", updated)
	}
	said()
	b.awaitText("4:"+echo, "der anruf geht.")
	expect(t, w.api.Verb(connection, ":stopTranscription", client.Object{"operationContext": "stop"}), 202)
	w.app.AwaitResult("stop", "TranscriptionStopped")
	w.end(connection)
	b.mu.Lock()
	defer b.mu.Unlock()
	last := b.last().TranscriptionData
	if len(last.Words) != 3 || last.Words[1].Text != "Anruf" || last.Words[1].Offset != last.Offset+4e6 || last.Words[1].Duration != 35e5 {
		t.Errorf("words with their times are %+v", last)
	}
}

// TestAnEngineThatRefusesFailsTheTranscription with its published code, and the call
// goes on.
func TestAnEngineThatRefusesFailsTheTranscription(t *testing.T) {
	b := newBot(t)
	w := start(t, transcribing(b, recognizer(t, func(string) (int, string) { return http.StatusUnauthorized, `{"error":"no such key"}` })))
	created := w.api.CreateCall(w.app.URL("/callback"), []client.Object{client.Number(oneSpeaker)}, client.Object{
		"transcriptionOptions": b.transcription(client.Object{"startTranscription": true}),
	})
	expect(t, created, 201)
	connection := created.Text("callConnectionId")
	failed := w.app.AwaitEvent(connection, "TranscriptionFailed")
	if failed.Result() != "401/8565" || failed.Text("transcriptionUpdate", "transcriptionStatusDetails") != "authenticationFailure" {
		t.Errorf("got %s", failed)
	}
	expect(t, w.api.Get(connection), 200)
	w.end(connection)
}
