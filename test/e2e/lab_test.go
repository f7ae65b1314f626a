package e2e

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/server"
	"strowger/test/webhook"
)

// labCall runs `strowger lab call` to its end and returns what it printed.
func labCall(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	command := exec.CommandContext(t.Context(), server.Binary(t), append([]string{"lab", "call"}, args...)...)
	var printed bytes.Buffer
	command.Stdout, command.Stderr = &printed, &printed
	_ = command.Run()
	return printed.String(), command.ProcessState.ExitCode()
}

func requirePrinted(t *testing.T, out string, inOrder ...string) {
	t.Helper()
	rest := out
	for _, want := range inOrder {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("%q was not printed in its place:\n%s", want, out)
		}
		rest = after
	}
}

// An IVR tried with nothing installed: answer, prompt, keys, end.
func TestACallOfTheLabHearsThePromptAndItsKeysAreRecognised(t *testing.T) {
	w := start(t, ourNumber)
	prompt := w.app.Serve("/menu.wav", heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, heard.Part{Hz: promptHz, Length: time.Second}))
	recording := filepath.Join(t.TempDir(), "heard.wav")
	type ended struct {
		out  string
		code int
	}
	over := make(chan ended, 1)
	go func() {
		out, code := labCall(t, ours, "--server", "udp://"+w.SIP, "--from", "+15551230001", "--wait", "1500ms", "--press", "1,2#", "--record", recording)
		over <- ended{out, code}
	}()
	in := w.app.AwaitIncoming("4:"+ours, 1)
	if from := in.Text("from", "rawId"); from != "4:+15551230001" {
		t.Errorf("the call comes from %s", from)
	}
	r := w.api.Answer(in.Text("incomingCallContext"), w.app.URL("/callback"))
	expect(t, r, 200)
	connection := r.Text("callConnectionId")
	w.app.AwaitEvent(connection, "CallConnected")
	oc := newContext("menu")
	expect(t, w.api.Verb(connection, ":recognize", client.Object{
		"recognizeInputType": "dtmf", "operationContext": oc, "playPrompt": client.File(prompt),
		"recognizeOptions": client.Object{
			"targetParticipant": number("+15551230001"), "initialSilenceTimeoutInSeconds": 30,
			"dtmfOptions": client.Object{"maxTonesToCollect": 10, "stopTones": []string{"pound"}},
		},
	}), 202)
	if got := w.app.AwaitResult(oc, "RecognizeCompleted", "RecognizeFailed").Tones(); got != "one two" {
		t.Errorf("recognised %q", got)
	}
	w.end(connection)
	e := <-over
	if e.code != 0 {
		t.Errorf("an answered call ends with %d", e.code)
	}
	requirePrinted(t, e.out, "calling "+ours+" at udp://"+w.SIP, "ringing", "answered", "pressing 1", "pressing 2", "pressing #", "they hung up")
	requirePrinted(t, e.out, "heard sound for 1.0 s", "they hung up", "of what was heard are in "+recording)
	sound, err := heard.ReadFile(recording)
	if err != nil {
		t.Fatal(err)
	}
	if got := sound.ToneLength(promptHz); got < 800*time.Millisecond || got > 1200*time.Millisecond {
		t.Errorf("the recording has %v of the prompt, which is a second long", got)
	}
}

func TestACallOfTheLabThatNobodyAnswersSaysSoInItsStatus(t *testing.T) {
	w := start(t, ourNumber)
	w.app.Before("/events", func(d webhook.Delivery) {
		if d.Type == "IncomingCall" {
			w.api.Reject(d.Text("incomingCallContext"), "busy")
		}
	})
	out, code := labCall(t, ours, "--server", "udp://"+w.SIP)
	if code != 1 {
		t.Errorf("it ends with %d, want 1", code)
	}
	requirePrinted(t, out, "not answered: 486 Busy Here", "strowger: "+ours+" did not answer")
	out, code = labCall(t, "+14255559999", "--server", "udp://"+w.SIP)
	if code != 1 {
		t.Errorf("it ends with %d, want 1", code)
	}
	requirePrinted(t, out, "not answered: 404 Not Found: the server has no such number")
}
