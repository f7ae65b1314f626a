package e2e

import (
	"strings"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/webhook"
)

func TestTwoPeopleCallEachOtherWithoutAnApplication(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB})

	a.Dial("sip:bob@" + server.Domain)
	b.AwaitRing()
	a.AwaitRingback()
	b.Answer()
	a.AwaitTalking()
	a.AwaitHeard(toneOfB, time.Second)
	b.AwaitHeard(toneOfA, time.Second)
	a.DidNotHear(toneOfA)
	b.DidNotHear(toneOfB)
	id := a.AwaitHeader("X-Server-Call-Id")
	if got := b.AwaitHeader("X-Server-Call-Id"); got != id {
		t.Errorf("bob was told the call is %q, alice %q", got, id)
	}
	a.HangUp()
	b.AwaitClosed(1)

	ended := w.app.Await("CallEnded", func(d webhook.Delivery) bool { return d.Type == "CallEnded" && d.Text("serverCallId") == id })
	if ended.Text("startedBy", "communicationIdentifier", "rawId") != alice.RawID() {
		t.Errorf("the call was started by %v, want alice", ended)
	}
	counts := map[string]int{}
	var last string
	for _, d := range w.app.All() {
		if d.Text("serverCallId") == id {
			counts[d.Type]++
			last = d.Type
		}
	}
	want := map[string]int{"IncomingCall": 1, "CallStarted": 1, "CallParticipantAdded": 2, "CallParticipantRemoved": 2, "CallEnded": 1}
	for eventType, n := range want {
		if counts[eventType] != n {
			t.Errorf("%d %s, want %d", counts[eventType], eventType, n)
		}
	}
	if last != "CallEnded" {
		t.Errorf("the last event was %s", last)
	}
}

func TestAUserDialsTheNumbersAllowedAndNoOthers(t *testing.T) {
	w := start(t, server.Config{Users: []server.User{alice, bob}, Lab: true, Trunks: []server.Trunk{{
		Name: "expensive", Address: "127.0.0.1:9", Prefixes: []string{"+1900"},
	}}})
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	a.Dial("sip:+15550100@" + server.Domain)
	a.AwaitTalking()
	a.AwaitHeard(toneOfA, time.Second) // the number echoes
	a.HangUp()
	a.AwaitClosed(1)

	a.Dial("sip:+19005551234@" + server.Domain)
	if got := a.AwaitClosed(2).Parameter; !strings.HasPrefix(got, "403") {
		t.Errorf("a number that alice may not dial was refused with %q, want 403", got)
	}
	b := w.phoneOf(bob, phone.Config{})
	b.Dial("sip:+15550100@" + server.Domain)
	if got := b.AwaitClosed(1).Parameter; !strings.HasPrefix(got, "403") {
		t.Errorf("bob, who may dial nothing, was refused with %q, want 403", got)
	}
}

func TestPhonesRegisterOverEveryTransport(t *testing.T) {
	config := threeUsers
	config.TLS = true
	w := start(t, config)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, Transport: phone.UDP})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, Transport: phone.TLS, Server: w.SIPS, AutoAnswer: true})
	c := w.phoneOf(carol, phone.Config{ToneHz: toneOfC, Transport: phone.TCP, AutoAnswer: true})

	a.Dial("sip:bob@" + server.Domain)
	b.AwaitHeard(toneOfA, time.Second)
	a.HangUp()
	b.AwaitClosed(1)
	a.AwaitClosed(1)
	a.Dial("sip:carol@" + server.Domain)
	c.AwaitHeard(toneOfA, time.Second)
	c.HangUp()
	a.AwaitClosed(2)
}

func TestATonePressedByOnePersonReachesTheOther(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	a.Dial("sip:bob@" + server.Domain)
	a.AwaitTalking()
	a.AwaitAudio()
	b.AwaitAudio()
	a.Press("42")
	b.AwaitTones("42")
}

func TestAWrongPasswordIsRefused(t *testing.T) {
	w := start(t, threeUsers)
	p := phone.Start(t, phone.Config{Name: "alice", Domain: server.Domain, Server: w.SIP, Password: "wrong", ExpectRefusal: true})
	p.AwaitRegisterFailed()
	if p.Count("REGISTER_OK") > 0 {
		t.Error("a phone with a wrong password was registered")
	}
}

func TestTheLabsNumbersDoWhatTheySay(t *testing.T) {
	w := start(t, server.Config{Users: []server.User{alice}, Lab: true})
	dial := func(n string) *phone.Phone {
		p := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
		p.Dial("sip:" + n + "@" + server.Domain)
		return p
	}
	t.Run("0100 answers and echoes", func(t *testing.T) {
		p := dial("+15550100")
		p.AwaitHeard(toneOfA, time.Second)
		p.HangUp()
	})
	for n, status := range map[string]string{"0101": "486", "0103": "603"} {
		t.Run(n+" is refused with "+status, func(t *testing.T) {
			if got := dial("+1555" + n).AwaitClosed(1).Parameter; !strings.HasPrefix(got, status) {
				t.Errorf("ended with %q", got)
			}
		})
	}
	t.Run("0102 rings and never answers", func(t *testing.T) {
		p := dial("+15550102")
		p.AwaitRingback()
		p.HangUp()
		p.AwaitClosed(1)
		if p.Count("CALL_ESTABLISHED") > 0 {
			t.Error("it answered")
		}
	})
	t.Run("0105 answers and hangs up", func(t *testing.T) {
		p := dial("+15550105")
		talking := p.AwaitTalking()
		if talked := p.AwaitClosed(1).At.Sub(talking.At); talked < 2*time.Second {
			t.Errorf("it hung up after %v, want about 3 s", talked)
		}
	})
	t.Run("0106 speaks a sentence", func(t *testing.T) {
		// This phone is silent: what it hears is no echo.
		p := w.phoneOf(alice, phone.Config{})
		p.Dial("sip:+15550106@" + server.Domain)
		p.AwaitSpeech(time.Second)
		p.HangUp()
	})
}

func TestTheLabsDiallerPressesItsKeys(t *testing.T) {
	w := start(t, server.Config{Lab: true})
	connection := w.connected(number("+15550104"))
	oc := newContext("digits")
	expect(t, w.api.Verb(connection, ":recognize", client.Object{
		"recognizeInputType": "dtmf", "operationContext": oc,
		"recognizeOptions": client.Object{
			"targetParticipant": number("+15550104"), "initialSilenceTimeoutInSeconds": 30,
			"dtmfOptions": client.Object{"maxTonesToCollect": 5, "interToneTimeoutInSeconds": 10},
		},
	}), 202)
	if got := w.app.AwaitResult(oc, "RecognizeCompleted", "RecognizeFailed").Tones(); got != "one two three four pound" {
		t.Errorf("it pressed %q", got)
	}
	w.end(connection)
}
