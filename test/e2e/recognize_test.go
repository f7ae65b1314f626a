package e2e

import (
	"net/http"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/engines"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/server"
)

// asking is a server whose ear is at a URL, or its own when that is empty, and alice's
// phone, which waits and then says something.
func asking(t *testing.T, recognizer, says string) (w *world, a *phone.Phone, connection string) {
	var settings []string
	if recognizer != "" {
		settings = []string{"STROWGER_SPEECH_RECOGNIZER_ENGINE=http", "STROWGER_SPEECH_RECOGNIZER_URL=" + recognizer}
	}
	w = start(t, server.Config{Users: []server.User{alice, bob, carol}, Environment: settings})
	a = w.phoneOf(alice, phone.Config{Says: saying(t, 6*time.Second, woman(t, says)), AutoAnswer: true})
	created := w.api.CreateCall(w.app.URL("/callback"), []client.Object{user(alice)}, nil)
	expect(t, created, 201)
	connection = created.Text("callConnectionId")
	w.app.AwaitEvent(connection, "CallConnected")
	return w, a, connection
}

// ask plays a minute's prompt to alice and asks her to choose.
func (w *world) ask(connection string) {
	w.t.Helper()
	prompt := w.app.Serve("/prompt.wav", heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, heard.Part{Hz: 700, Length: time.Minute}))
	expect(w.t, w.api.Verb(connection, ":recognize", client.Object{
		"recognizeInputType": "choices", "operationContext": "asking", "playPrompt": client.Object{"kind": "file", "file": client.Object{"uri": prompt}},
		"recognizeOptions": client.Object{"targetParticipant": user(alice), "interruptPrompt": true, "initialSilenceTimeoutInSeconds": 5, "choices": []any{
			client.Object{"label": "billing", "phrases": []string{"Billing", "invoices"}},
			client.Object{"label": "sales", "phrases": []string{"Sales", "sales department"}},
		}},
	}), 202)
}

// TestACallerChoosesByVoiceOverThePrompt: what a phone says is heard by whisper, and
// the prompt of a minute ends at once.
func TestACallerChoosesByVoiceOverThePrompt(t *testing.T) {
	w, a, connection := asking(t, engines.Whisper(t), "I would like to talk to the sales department.")
	w.ask(connection)
	done := w.app.AwaitResult("asking", "RecognizeCompleted")
	if done.Result() != "200/8545" || done.Text("choiceResult", "label") != "sales" || done.Text("choiceResult", "recognizedPhrase") != "sales department" {
		t.Errorf("got %s", done)
	}
	w.end(connection)
	a.AwaitClosed(1)
	a.AwaitHeard(700, time.Second)
	if got, want := w.app.Types(connection), "CallConnected ParticipantsUpdated PlayStarted RecognizeCompleted CallDisconnected"; got != want {
		t.Errorf("told %s,\nwant %s", got, want)
	}
}

// TestACallerChoosesByVoiceWithoutAnySetting: the engine of this machine hears a choice.
func TestACallerChoosesByVoiceWithoutAnySetting(t *testing.T) {
	w, _, connection := asking(t, "", "Sales department.")
	w.ask(connection)
	done := w.app.AwaitResult("asking", "RecognizeCompleted")
	if done.Result() != "200/8545" || done.Text("choiceResult", "label") != "sales" || done.Text("choiceResult", "recognizedPhrase") != "sales department" {
		t.Errorf("got %s", done)
	}
	w.end(connection)
}

// TestWhatIsNoChoiceFailsWithoutAnySetting: it hears too that something else is none.
func TestWhatIsNoChoiceFailsWithoutAnySetting(t *testing.T) {
	w, _, connection := asking(t, "", "My washing machine has broken down again.")
	w.ask(connection)
	if failed := w.app.AwaitResult("asking", "RecognizeFailed"); failed.Result() != "400/8547" {
		t.Errorf("got %s", failed)
	}
	w.end(connection)
}

// TestAnEngineThatIsBrokenIsToldOfAsSuch: not as a silence of the caller's.
func TestAnEngineThatIsBrokenIsToldOfAsSuch(t *testing.T) {
	w, _, connection := asking(t, recognizer(t, func(string) (int, string) { return http.StatusInternalServerError, "out of memory" }), "Sales.")
	w.ask(connection)
	failed := w.app.AwaitResult("asking", "RecognizeFailed")
	if failed.Result() != "500/8565" {
		t.Errorf("got %s", failed)
	}
	expect(t, w.api.Get(connection), 200)
	w.end(connection)
}
