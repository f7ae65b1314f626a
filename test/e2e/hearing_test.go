package e2e

import (
	"fmt"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/server"
)

var threeUsers = server.Config{Users: []server.User{alice, bob, carol}}

func TestEveryoneHearsEveryoneButThemselves(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true, Codecs: "pcma"})
	c := w.phoneOf(carol, phone.Config{ToneHz: toneOfC, AutoAnswer: true, Transport: phone.TCP})

	connection := w.connected(user(alice), user(bob), user(carol))
	a.AwaitHeard(toneOfB, time.Second)
	a.AwaitHeard(toneOfC, time.Second)
	b.AwaitHeard(toneOfA, time.Second)
	b.AwaitHeard(toneOfC, time.Second)
	c.AwaitHeard(toneOfA, time.Second)
	c.AwaitHeard(toneOfB, time.Second)
	w.end(connection)

	a.AwaitClosed(1)
	b.AwaitClosed(1)
	c.AwaitClosed(1)
	a.DidNotHear(toneOfA)
	b.DidNotHear(toneOfB)
	c.DidNotHear(toneOfC)
}

func TestAPromptToAllIsHeardByAllAndOneToOneByNobodyElse(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{AutoAnswer: true})
	toAll := w.app.Serve("/all.wav", heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, heard.Part{Hz: 700, Length: time.Second}))
	toOne := w.app.Serve("/one.wav", heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, heard.Part{Hz: 1300, Length: time.Second}))

	connection := w.connected(user(alice), user(bob))
	// Both are there before anything is said, or "all" would be one.
	a.AwaitAudio()
	b.AwaitAudio()
	expectResult(t, w.play(connection, toAll, nil), "PlayCompleted", "200/0")
	expectResult(t, w.play(connection, toOne, nil, user(bob)), "PlayCompleted", "200/0")
	b.AwaitHeard(1300, 800*time.Millisecond)
	w.end(connection)

	a.AwaitClosed(1)
	a.AwaitHeard(700, 800*time.Millisecond)
	b.AwaitHeard(700, 800*time.Millisecond)
	a.DidNotHear(1300)
}

func TestSomebodyAddedIsHeardAndSomebodyRemovedIsNot(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	connection := w.connected(user(alice))
	a.AwaitAudio()
	a.DidNotHear(toneOfB)
	expect(t, w.api.AddParticipant(connection, user(bob), client.Object{"operationContext": "bob"}), 202)
	expectResult(t, w.app.AwaitResult("bob", "AddParticipantSucceeded", "AddParticipantFailed"), "AddParticipantSucceeded", "200/0")
	a.AwaitHeard(toneOfB, time.Second)
	b.AwaitHeard(toneOfA, time.Second)
	expect(t, w.api.RemoveParticipant(connection, user(bob), client.Object{"operationContext": "bye"}), 202)
	w.app.AwaitResult("bye", "RemoveParticipantSucceeded")
	b.AwaitClosed(1)
	a.AwaitSilence(toneOfB)
	if r := w.api.Participant(connection, alice.RawID()); r.Status != 200 {
		t.Errorf("alice, who stayed, is read as %v", r)
	}
	if r := w.api.Participant(connection, bob.RawID()); r.Status != 404 {
		t.Errorf("bob, who was removed, is read as %v", r)
	}
	w.end(connection)
}

func TestWAVFilesOfEveryKindAreHeardInOrder(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{AutoAnswer: true})
	var sources []client.Object
	var tones []float64
	for i, format := range []heard.Format{
		{RateHz: 8000, Channels: 1, Bits: 8}, {RateHz: 8000, Channels: 2, Bits: 16}, {RateHz: 11025, Channels: 1, Bits: 24},
		{RateHz: 16000, Channels: 1, Bits: 16}, {RateHz: 22050, Channels: 2, Bits: 32}, {RateHz: 32000, Channels: 1, Bits: 16},
		{RateHz: 44100, Channels: 2, Bits: 24}, {RateHz: 48000, Channels: 1, Bits: 32},
	} {
		hz := float64(500 + 200*i)
		tones = append(tones, hz)
		sources = append(sources, client.File(w.app.Serve(fmt.Sprintf("/%g.wav", hz), heard.MakeWAV(format, heard.Part{Hz: hz, Length: 400 * time.Millisecond}))))
	}
	connection := w.connected(user(alice))
	oc := newContext("formats")
	expect(t, w.api.Verb(connection, ":play", client.Object{"playSources": sources, "operationContext": oc}), 202)
	expectResult(t, w.app.AwaitResult(oc, "PlayCompleted", "PlayFailed"), "PlayCompleted", "200/0")
	w.end(connection)
	a.AwaitClosed(1)

	var before time.Duration
	for _, hz := range tones {
		spans := a.Heard().Tone(hz)
		if len(spans) == 0 || spans[0].Length() < 300*time.Millisecond {
			t.Errorf("%g Hz was heard %v, want 400 ms", hz, spans)
			continue
		}
		if spans[0].From < before {
			t.Errorf("%g Hz was heard out of order", hz)
		}
		before = spans[0].From
	}
}

func TestACachedFileIsFetchedOnce(t *testing.T) {
	w := start(t, server.Config{Lab: true})
	uri := w.app.Serve("/cached.wav", heard.MakeWAV(heard.Format{RateHz: 8000, Channels: 1, Bits: 16}, heard.Part{Hz: 700, Length: 100 * time.Millisecond}))
	connection := w.connected(number("+15550100"))
	for range 3 {
		oc := newContext("cached")
		source := client.File(uri)
		source["playSourceCacheId"] = "greeting"
		expect(t, w.api.Verb(connection, ":play", client.Object{"playSources": []client.Object{source}, "operationContext": oc}), 202)
		expectResult(t, w.app.AwaitResult(oc, "PlayCompleted", "PlayFailed"), "PlayCompleted", "200/0")
	}
	if got := w.app.Fetched("/cached.wav"); got != 1 {
		t.Errorf("the file was fetched %d times, want once", got)
	}
	w.end(connection)
}

func TestTheNextOfAQueueIsFetchedWhileTheFirstPlays(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{AutoAnswer: true})
	format := heard.Format{RateHz: 8000, Channels: 1, Bits: 16}
	first := w.app.Serve("/first.wav", heard.MakeWAV(format, heard.Part{Hz: 700, Length: time.Minute}))
	next := w.app.Serve("/next.wav", heard.MakeWAV(format, heard.Part{Hz: 1300, Length: time.Second}))
	connection := w.connected(user(alice))
	playing, waiting := newContext("playing"), newContext("waiting")
	expect(t, w.api.PlayFile(connection, first, client.Object{"operationContext": playing}), 202)
	expect(t, w.api.PlayFile(connection, next, client.Object{"operationContext": waiting}), 202)
	w.app.AwaitFetched("/next.wav")
	a.AwaitHeard(700, time.Second)
	a.DidNotHear(1300)
	w.end(connection)
}

// A phone that nobody here wrote sends RTCP every few seconds: the end of a play waits for
// it, and says that all has arrived.
func TestWhoHasHeardAPromptIsToldWhereThatIsAskedFor(t *testing.T) {
	cfg := threeUsers
	cfg.Environment = []string{"STROWGER_CALLBACKS_PROOF_OF_HEARING=10s"}
	w := start(t, cfg)
	w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	prompt := w.app.Serve("/prompt.wav", heard.MakeWAV(heard.Format{RateHz: 8000, Channels: 1, Bits: 16}, heard.Part{Hz: 700, Length: 2 * time.Second}))
	connection := w.connected(user(alice))
	d := w.play(connection, prompt, nil)
	expectResult(t, d, "PlayCompleted", "200/0")
	w.end(connection)
	hearing, _ := d.Data["strowgerHearing"].([]any)
	if len(hearing) != 1 {
		t.Fatalf("told %v", d.Data)
	}
	h := hearing[0].(map[string]any)
	sent, reported, received := h["sentMs"].(float64), h["reportedMs"].(float64), h["receivedMs"].(float64)
	if who := h["participant"].(map[string]any)["rawId"]; who != alice.RawID() || sent != 2000 || reported != sent || received > reported || received < reported-200 {
		t.Errorf("%v was sent %v ms, of which %v are reported and %v received", who, sent, reported, received)
	}
}

func TestTonesPressedOnAPhoneInterruptThePromptAndAreRecognised(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{AutoAnswer: true})
	prompt := w.app.Serve("/prompt.wav", heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, heard.Part{Hz: promptHz, Length: time.Minute}))
	connection := w.connected(user(alice))
	oc := newContext("pin")
	expect(t, w.api.Verb(connection, ":recognize", client.Object{
		"recognizeInputType": "dtmf", "operationContext": oc, "playPrompt": client.File(prompt),
		"recognizeOptions": client.Object{
			"targetParticipant": user(alice), "interruptPrompt": true, "initialSilenceTimeoutInSeconds": 60,
			"dtmfOptions": client.Object{"maxTonesToCollect": 10, "interToneTimeoutInSeconds": 30, "stopTones": []string{"pound"}},
		},
	}), 202)
	a.AwaitHeard(promptHz, 500*time.Millisecond)
	a.Press("42*0#")
	d := w.app.AwaitResult(oc, "RecognizeCompleted", "RecognizeFailed", "RecognizeCanceled")
	expectResult(t, d, "RecognizeCompleted", "200/8514")
	if got := d.Tones(); got != "four two asterisk zero" {
		t.Errorf("recognised %q", got)
	}
	w.end(connection)
	a.AwaitClosed(1)
	if got := a.Heard().ToneLength(promptHz); got > 30*time.Second {
		t.Errorf("the prompt went on for %v after the first tone", got)
	}
}

func TestEventsOfAPlayComeInThePublishedOrder(t *testing.T) {
	w := start(t, server.Config{Lab: true})
	uri := w.app.Serve("/short.wav", heard.MakeWAV(heard.Format{RateHz: 8000, Channels: 1, Bits: 16}, heard.Part{Hz: 700, Length: 100 * time.Millisecond}))
	connection := w.connected(number("+15550100"))
	w.app.AwaitEvent(connection, "ParticipantsUpdated")
	w.play(connection, uri, nil)
	w.end(connection)
	if got := w.app.Types(connection); got != "CallConnected ParticipantsUpdated PlayStarted PlayCompleted CallDisconnected" {
		t.Errorf("the application was told %s", got)
	}
}
