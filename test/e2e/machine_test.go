package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"strowger/internal/lab"
	"strowger/internal/media/codec"
	"strowger/internal/media/player"
	"strowger/internal/speech"
	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/phone"
)

// saying is a WAV file of silence, words, a pause and what follows.
func saying(t *testing.T, silence time.Duration, words []int16, after ...int16) string {
	t.Helper()
	samples := make([]int16, 8000*silence/time.Second)
	samples = append(samples, words...)
	samples = append(samples, make([]int16, 6000)...)
	samples = append(samples, after...)
	samples = append(samples, make([]int16, 30*8000)...)
	path := filepath.Join(t.TempDir(), "says.wav")
	if err := os.WriteFile(path, player.WAV(&player.Audio{RateHz: 8000, Samples: samples}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// robot is how eSpeak says words, at 8 kHz, and woman how Flite does.
func robot(t *testing.T, words string) []int16 {
	t.Helper()
	spoken, err := lab.Speak(t.Context(), words)
	if err != nil {
		t.Fatal(err)
	}
	return spoken.Samples()
}

func woman(t *testing.T, words string) []int16 {
	t.Helper()
	flite := speech.NewFlite()
	if err := flite.Open(); err != nil {
		t.Fatal(err)
	}
	spoken, err := flite.Say(t.Context(), speech.Line{Text: words, Voice: speech.Voice{Language: "en-US", Name: "slt"}})
	if err != nil {
		t.Fatal(err)
	}
	return codec.Resample(spoken.Samples, spoken.RateHz, 8000)
}

// detecting places a call and asks who answers.
func (w *world) detecting(target client.Object) string {
	w.t.Helper()
	r := w.api.CreateCall(w.app.URL("/callback"), []client.Object{target}, client.Object{"operationContext": "detecting"},
		client.Header("X-Strowger-Answering-Machine-Detection", "true"))
	expect(w.t, r, 201)
	return r.Text("callConnectionId")
}

func TestAMessageIsLeftAfterTheBeepOfAMachine(t *testing.T) {
	w := start(t, threeUsers)
	beep := player.NewTone(8000, 6000, 1000).Audio(400 * time.Millisecond).Samples
	says := saying(t, time.Second/2, robot(t, "Hello, this is Alice. I cannot come to the telephone just now. Please leave a message after the beep."), beep...)
	a := w.phoneOf(alice, phone.Config{Says: says, AutoAnswer: true})
	connection := w.detecting(user(alice))
	detected := w.app.AwaitEvent(connection, "Strowger.AnsweringMachineDetected")
	if detected.Text("result") != "machine" || detected.Context() != "detecting" || detected.Text("participant", "rawId") != alice.RawID() {
		t.Errorf("told %v, want that alice is a machine", detected)
	}
	ended := w.app.AwaitEvent(connection, "Strowger.MachineGreetingEnded")
	if ended.Text("ending") != "beep" || ended.Text("participant", "rawId") != alice.RawID() {
		t.Errorf("told %v, want the beep of alice's machine", ended)
	}
	message := w.app.Serve("/message.wav", heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, heard.Part{Hz: 700, Length: time.Second}))
	expectResult(t, w.play(connection, message, nil), "PlayCompleted", "200/0")
	w.end(connection)
	a.AwaitClosed(1)
	a.AwaitHeard(700, 800*time.Millisecond)
	const told = "CallConnected ParticipantsUpdated Strowger.AnsweringMachineDetected Strowger.MachineGreetingEnded PlayStarted PlayCompleted CallDisconnected"
	if got := w.app.Types(connection); got != told {
		t.Errorf("told %s,\nwant %s", got, told)
	}
}

func TestAPersonWhoAnswersIsToldFromAMachine(t *testing.T) {
	w := start(t, threeUsers)
	w.phoneOf(bob, phone.Config{Says: saying(t, time.Second/2, robot(t, "Hello?")), AutoAnswer: true})
	connection := w.detecting(user(bob))
	detected := w.app.AwaitEvent(connection, "Strowger.AnsweringMachineDetected")
	if detected.Text("result") != "human" {
		t.Errorf("told %v, want a person", detected)
	}
	w.end(connection)
	if got := w.app.Types(connection); got != "CallConnected ParticipantsUpdated Strowger.AnsweringMachineDetected CallDisconnected" {
		t.Errorf("told %s", got)
	}
}
