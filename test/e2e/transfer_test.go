package e2e

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/sipp"
	"strowger/test/webhook"
)

// ringback is one of the two frequencies, in Hz, that whoever waits for the target of a
// transfer hears.
const ringback = 480

// What a phone could not say for the application is said from here: bob is
// called by the server, with the application's header.
func TestSomebodyIsTransferredAndTheTwoHearEachOther(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB})
	connection := w.connected(user(alice))
	oc := newContext("transfer")
	expect(t, w.api.Verb(connection, ":transferToParticipant", client.Object{
		"targetParticipant": user(bob), "operationContext": oc,
		"customCallingContext": client.Object{"sipHeaders": client.Object{"X-MS-Custom-Reason": "sales"}},
	}), 202)
	b.AwaitRing()
	if got := b.AwaitHeader("X-MS-Custom-Reason"); got != "sales" {
		t.Errorf("bob is told %q", got)
	}
	if state := w.api.Get(connection).Text("callConnectionState"); state != "transferring" {
		t.Errorf("while bob rings the connection is %s", state)
	}
	a.AwaitHeard(ringback, time.Second)
	b.Answer()
	w.awaitTransferred(connection, oc, alice, bob)
	a.AwaitHeard(toneOfB, time.Second)
	b.AwaitHeard(toneOfA, time.Second)
	b.HangUp()
	a.AwaitClosed(1)
}

// Bob is handed on to carol out of a call in which alice and the application stay.
// He hears alice until carol has answered.
func TestSomebodyIsTransferredOutOfAConference(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	c := w.phoneOf(carol, phone.Config{ToneHz: toneOfC})
	connection := w.connected(user(alice), user(bob))
	a.AwaitAudio()
	b.AwaitAudio()
	oc := newContext("transfer")
	expect(t, w.api.Verb(connection, ":transferToParticipant", client.Object{
		"targetParticipant": user(carol), "transferee": user(bob), "operationContext": oc,
		"customCallingContext": client.Object{"sipHeaders": client.Object{"X-MS-Custom-Reason": "sales"}},
	}), 202)
	c.AwaitRing()
	if got := c.AwaitHeader("X-MS-Custom-Reason"); got != "sales" {
		t.Errorf("carol is told %q", got)
	}
	b.AwaitHeard(toneOfA, time.Second)
	c.Answer()
	accepted := w.app.AwaitResult(oc, "CallTransferAccepted", "CallTransferFailed")
	expectResult(t, accepted, "CallTransferAccepted", "200/0")
	if to, who := accepted.Text("transferTarget", "rawId"), accepted.Text("transferee", "rawId"); to != carol.RawID() || who != bob.RawID() {
		t.Errorf("%s was transferred to %s", who, to)
	}
	b.AwaitHeard(toneOfC, time.Second)
	c.AwaitHeard(toneOfB, time.Second)
	w.app.Await("a roster of alice alone", func(d webhook.Delivery) bool {
		return d.Type == "ParticipantsUpdated" && d.Connection() == connection && rosterOf(d) == alice.RawID()
	})
	c.HangUp()
	b.AwaitClosed(1)
	w.end(connection)
	a.AwaitClosed(1)
}

func TestAPhoneThatTakesREFERCallsTheTargetItself(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB})
	connection := w.connected(user(alice))
	oc := newContext("transfer")
	expect(t, w.api.Verb(connection, ":transferToParticipant", client.Object{"targetParticipant": user(bob), "operationContext": oc}), 202)
	a.AwaitEvent("TRANSFER", 1)
	b.AwaitRing()
	if state := w.api.Get(connection).Text("callConnectionState"); state != "transferAccepted" {
		t.Errorf("while bob rings the connection is %s", state)
	}
	b.Answer()
	w.awaitTransferred(connection, oc, alice, bob)
	a.AwaitHeard(toneOfB, time.Second)
	b.AwaitHeard(toneOfA, time.Second)
	b.HangUp()
	a.AwaitClosed(2)
}

// awaitTransferred waits until a transfer has succeeded and the connection has ended.
func (w *world) awaitTransferred(connection, oc string, transferee, target server.User) {
	w.t.Helper()
	accepted := w.app.AwaitResult(oc, "CallTransferAccepted", "CallTransferFailed")
	expectResult(w.t, accepted, "CallTransferAccepted", "200/0")
	if to, who := accepted.Text("transferTarget", "rawId"), accepted.Text("transferee", "rawId"); to != target.RawID() || who != transferee.RawID() {
		w.t.Errorf("%s was transferred to %s", who, to)
	}
	expectResult(w.t, w.app.AwaitEvent(connection, "CallDisconnected"), "CallDisconnected", "200/7000")
	if r := w.api.Get(connection); r.Status != 404 {
		w.t.Errorf("the connection is read as %v", r)
	}
}

func TestAPhoneHandsACallOnAndTheApplicationStays(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	c := w.phoneOf(carol, phone.Config{ToneHz: toneOfC})
	connection := w.connected(user(alice), user(bob))
	a.AwaitAudio()
	b.AwaitAudio()
	a.Transfer("sip:carol@" + server.Domain)
	c.AwaitRing()
	c.Answer()
	a.AwaitClosed(1) // told that carol is there, it leaves
	c.AwaitHeard(toneOfB, time.Second)
	b.AwaitHeard(toneOfC, time.Second)
	w.app.Await("a roster of bob and carol", func(d webhook.Delivery) bool {
		return d.Type == "ParticipantsUpdated" && d.Connection() == connection && rosterOf(d) == bob.RawID()+" "+carol.RawID()
	})
	w.end(connection)
}

// Alice talks to bob in a call that the application has placed, and to carol in one
// that she has: whichever of them she asks in, the application keeps its call.
func TestAPhonePutsItsTwoCallsThroughToEachOther(t *testing.T) {
	for name, applicationFirst := range map[string]bool{"asked in its own call": true, "asked in the application's call": false} {
		t.Run(name, func(t *testing.T) {
			w := start(t, threeUsers)
			a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
			b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
			c := w.phoneOf(carol, phone.Config{ToneHz: toneOfC, AutoAnswer: true})
			var connection string
			places := []func(){
				func() { connection = w.connected(user(alice), user(bob)); b.AwaitHeard(toneOfA, time.Second) },
				func() { a.Dial("carol"); c.AwaitHeard(toneOfA, time.Second) },
			}
			if !applicationFirst {
				slices.Reverse(places)
			}
			for _, place := range places {
				place()
			}
			b.DidNotHear(toneOfC)
			c.DidNotHear(toneOfB)

			a.Transfer("<sip:carol@" + server.Domain + "?Replaces=" + url.QueryEscape(a.Replaces()) + ">")
			b.AwaitHeard(toneOfC, time.Second)
			c.AwaitHeard(toneOfB, time.Second)
			a.AwaitReceived("SIP/2.0 200 OK") // of the referral
			a.AwaitClosed(2)                  // one of them because we helped it
			b.AwaitSilence(toneOfA)
			w.app.Await("a roster of bob and carol", func(d webhook.Delivery) bool {
				return d.Type == "ParticipantsUpdated" && d.Connection() == connection && rosterOf(d) == bob.RawID()+" "+carol.RawID()
			})
			w.end(connection)
			b.AwaitClosed(1)
			c.AwaitClosed(1)
		})
	}
}

// rosterOf lists the raw ids of a ParticipantsUpdated.
func rosterOf(d webhook.Delivery) string {
	var ids []string
	for _, p := range d.List("participants") {
		identifier, _ := p.(map[string]any)["identifier"].(map[string]any)
		id, _ := identifier["rawId"].(string)
		ids = append(ids, id)
	}
	return strings.Join(ids, " ")
}

// SIPp is a telephone network that takes REFER, as its Allow says.
func TestATrunkThatTakesREFERCallsTheTargetItself(t *testing.T) {
	callee := sipp.Start(t, sipp.Config{Scenario: "is-referred", Values: sipp.Values{Refer: "17770002", Status: "200 OK"}})
	trunk := trunkTo("+1777", callee.Address())
	trunk.Refer = true
	w := start(t, server.Config{Trunks: []server.Trunk{trunk}})
	connection := w.connected(number("+17770001"))
	oc := newContext("transfer")
	expect(t, w.api.Verb(connection, ":transferToParticipant", client.Object{"targetParticipant": number("+17770002"), "operationContext": oc}), 202)
	expectResult(t, w.app.AwaitResult(oc, "CallTransferAccepted", "CallTransferFailed"), "CallTransferAccepted", "200/0")
	expectResult(t, w.app.AwaitEvent(connection, "CallDisconnected"), "CallDisconnected", "200/7000")
	callee.AwaitSuccess()
}

// SIPp refers us: its place is taken by alice, and the application keeps its call.
func TestATrunkHandsACallOnAndTheApplicationStays(t *testing.T) {
	refers := carrier()
	refers.Refer = true
	w := start(t, server.Config{Users: []server.User{alice}, Trunks: []server.Trunk{refers}})
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	w.app.Before("/events", func(d webhook.Delivery) {
		if d.Type != "IncomingCall" {
			return
		}
		if r := w.api.Answer(d.Text("incomingCallContext"), w.app.URL("/callback")); r.Status != 200 {
			t.Errorf("the answer got %v", r)
		}
	})
	caller := w.callers("refers", 1, 1, sipp.Values{Refer: "alice", Status: "200 OK", TalkMilliseconds: 100})
	a.AwaitTalking()
	caller.AwaitSuccess()
	roster := w.app.Await("a roster of alice alone", func(d webhook.Delivery) bool {
		return d.Type == "ParticipantsUpdated" && rosterOf(d) == alice.RawID()
	})
	w.end(roster.Connection())
	a.AwaitClosed(1)
}
