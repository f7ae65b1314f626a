package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/webhook"
)

// Bob is moved out of a call that goes on, and carol out of one that has nobody
// else in it. Nobody's phone notices but by ear.
func TestPeopleMoveBetweenCalls(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	c := w.phoneOf(carol, phone.Config{ToneHz: toneOfC, AutoAnswer: true})
	earlier, later := w.connected(user(bob), user(carol)), w.connected(user(alice))
	b.AwaitHeard(toneOfC, time.Second)
	c.AwaitHeard(toneOfB, time.Second)
	a.DidNotHear(toneOfB)

	w.move(earlier, later, bob)
	a.AwaitHeard(toneOfB, time.Second)
	b.AwaitHeard(toneOfA, time.Second)
	c.AwaitSilence(toneOfB)
	b.AwaitSilence(toneOfC)
	w.app.Await("carol alone in the earlier call", roster(earlier, carol))
	w.app.Await("alice and bob in the later one", roster(later, alice, bob))

	w.move(earlier, later, carol)
	expectResult(t, w.app.AwaitEvent(earlier, "CallDisconnected"), "CallDisconnected", "200/7000")
	a.AwaitHeard(toneOfC, time.Second)
	c.AwaitHeard(toneOfA, time.Second)
	w.app.Await("all in the later call", roster(later, alice, bob, carol))

	// They are participants as others are: one leaves, one is sent away.
	b.HangUp()
	w.app.Await("bob gone", roster(later, alice, carol))
	expect(t, w.api.RemoveParticipant(later, user(carol), client.Object{"operationContext": "bye"}), 202)
	w.app.AwaitResult("bye", "RemoveParticipantSucceeded")
	c.AwaitClosed(1)
	w.end(later)
	a.AwaitClosed(1)
}

// move moves somebody and waits until that has succeeded. What an application
// repeats has its first answer.
func (w *world) move(earlier, later string, who server.User) {
	w.t.Helper()
	oc, once := newContext("move"), client.Once()
	send := func() client.Response {
		return w.api.MoveHere(later, earlier, []client.Object{user(who)}, client.Object{"operationContext": oc}, once)
	}
	first := send()
	expect(w.t, first, 202)
	moved := w.app.AwaitResult(oc, "MoveParticipantSucceeded", "MoveParticipantFailed")
	expectResult(w.t, moved, "MoveParticipantSucceeded", "200/0")
	if got := moved.Text("participant", "rawId"); got != who.RawID() || moved.Text("fromCall") != earlier || moved.Connection() != later {
		w.t.Errorf("told %v", moved)
	}
	if again := send(); again.String() != first.String() {
		w.t.Errorf("first answered %v, then %v", first, again)
	}
}

// roster finds a connection being told that just these are in its call.
func roster(connection string, who ...server.User) func(webhook.Delivery) bool {
	return func(d webhook.Delivery) bool {
		if d.Type != "ParticipantsUpdated" || d.Connection() != connection {
			return false
		}
		var told, want []string
		for _, p := range d.List("participants") {
			told = append(told, fmt.Sprint(p.(map[string]any)["identifier"].(map[string]any)["rawId"]))
		}
		for _, u := range who {
			want = append(want, u.RawID())
		}
		slices.Sort(told)
		slices.Sort(want)
		return slices.Equal(told, want)
	}
}

// Wherever the kill comes, bob was in one of the two calls, and both tell their end.
func TestAKillAsSomebodyMoves(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{AutoAnswer: true})
	for i := 1; i <= 3; i++ {
		earlier, later := w.connected(user(bob)), w.connected(user(alice))
		oc := newContext("move")
		expect(t, w.api.MoveHere(later, earlier, []client.Object{user(bob)}, client.Object{"operationContext": oc}), 202)
		w.Kill()
		w.Restart()
		w.app.AwaitResult(oc, "MoveParticipantSucceeded", "MoveParticipantFailed")
		w.app.AwaitEvent(earlier, "CallDisconnected")
		w.app.AwaitEvent(later, "CallDisconnected")
		if told := w.app.Types(later); strings.Count(told, "MoveParticipant") != 1 {
			t.Errorf("the later call told %s", told)
		}
		a.AwaitClosed(i)
		b.AwaitClosed(i)
	}
}
