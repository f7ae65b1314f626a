package e2e

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/server"
)

// Words are as loud as they are long: what they say is for the tests of package
// speech.
func TestTextAndSSMLAreSpokenInTheirOrderAmongFiles(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{AutoAnswer: true})
	connection := w.connected(user(alice))
	tone := w.app.Serve("/tone.wav", heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, heard.Part{Hz: promptHz, Length: time.Second}))
	oc := newContext("words")
	expect(t, w.api.Verb(connection, ":play", client.Object{"operationContext": oc, "playSources": []any{
		client.Object{"kind": "text", "text": client.Object{"text": "Thank you for calling. Please hold the line.", "voiceName": "en-US-JennyNeural"}},
		client.File(tone),
		client.Object{"kind": "ssml", "ssml": client.Object{"ssmlText": `<speak><voice xml:lang="fr-FR">Merci de votre appel.</voice><break time="2s"/><prosody volume="loud">Au revoir, thank you.</prosody></speak>`}},
	}}), 202)
	expectResult(t, w.app.AwaitResult(oc, "PlayCompleted", "PlayFailed", "PlayCanceled"), "PlayCompleted", "200/0")
	w.end(connection)
	a.AwaitClosed(1)

	sound := a.Heard()
	spans := sound.Tone(promptHz) // there are moments of it in words too
	if len(spans) == 0 {
		t.Fatal("the tone between the words is not heard")
	}
	between := slices.MaxFunc(spans, func(a, b heard.Span) int { return cmp.Compare(a.Length(), b.Length()) })
	before, after := sound.Between(0, between.From), sound.Between(between.To, sound.Length())
	if loud := before.Loud(); loud < 1500*time.Millisecond || loud > 6*time.Second {
		t.Errorf("the text is heard for %v", loud)
	}
	if loud := after.Loud(); loud < 1500*time.Millisecond || loud > 8*time.Second {
		t.Errorf("the SSML is heard for %v", loud)
	}
}

func TestWordsThatCannotBeSpokenFailWithTheirReason(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no such key", http.StatusUnauthorized)
	}))
	defer refusing.Close()
	w := start(t, server.Config{Users: []server.User{alice}, Environment: []string{
		"STROWGER_SPEECH_SYNTHESIZER_ENGINE=http", "STROWGER_SPEECH_SYNTHESIZER_URL=" + refusing.URL,
	}})
	w.phoneOf(alice, phone.Config{AutoAnswer: true})
	connection := w.connected(user(alice))
	oc := newContext("words")
	expect(t, w.api.Verb(connection, ":play", client.Object{"operationContext": oc, "playSources": []any{
		client.Object{"kind": "text", "text": client.Object{"text": "Hello."}},
	}}), 202)
	expectResult(t, w.app.AwaitResult(oc, "PlayCompleted", "PlayFailed", "PlayCanceled"), "PlayFailed", "401/8565")
	w.end(connection)
}
