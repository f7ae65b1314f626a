package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/webhook"
)

// Promise 3: kill -9 right after a 2xx.
func TestACallCreatedIsNotForgottenByAKill(t *testing.T) {
	w := start(t, withLab)
	var connections []string
	for range 5 {
		r := w.api.CreateCall(w.app.URL("/callback"), []client.Object{number("+15550102")}, client.Object{"operationContext": "kept"})
		expect(t, r, 201)
		connections = append(connections, r.Text("callConnectionId"))
	}
	w.Kill()
	w.Restart()
	for _, connection := range connections {
		d := w.app.AwaitEvent(connection, "CreateCallFailed")
		if d.Context() != "kept" {
			t.Errorf("the event after the restart lost its context: %v", d)
		}
	}
}

func TestALiveCallEndsProperlyAfterAKill(t *testing.T) {
	w := start(t, withLab)
	prompt := w.app.Serve("/long.wav", heard.MakeWAV(heard.Format{RateHz: 8000, Channels: 1, Bits: 16}, heard.Part{Hz: 700, Length: time.Minute}))
	connection := w.connected(number("+15550100"))
	expect(t, w.api.PlayFile(connection, prompt, client.Object{"operationContext": "cut"}), 202)
	w.app.AwaitResult("cut", "PlayStarted")
	// What was accepted and not yet told: the webhook fails from here on.
	w.app.Fail("/callback", http.StatusServiceUnavailable)
	expect(t, w.api.AddParticipant(connection, number("+15550102"), client.Object{"operationContext": "unfinished"}), 202)
	w.Kill()
	w.app.Recover("/callback")
	w.Restart()

	last := w.app.AwaitEvent(connection, "CallDisconnected")
	if last.Number("resultInformation", "code") < 400 {
		t.Errorf("a call that the server's death ended says %s, which is a success", last.Result())
	}
	w.app.AwaitResult("unfinished", "AddParticipantFailed")
	w.app.AwaitResult("cut", "PlayFailed", "PlayCanceled")
	types := w.app.Types(connection)
	if !strings.HasSuffix(types, " CallDisconnected") || strings.Count(types, "CallDisconnected") != 1 ||
		strings.Count(types, "AddParticipantFailed") != 1 || strings.Count(types, "CallConnected") != 1 {
		t.Errorf("told %s", types)
	}
	ids := map[string]string{}
	for _, d := range w.app.All() {
		if d.Connection() != connection {
			continue
		}
		key := d.Type + d.Context() + string(rune(d.Number("sequenceNumber")+1))
		if before, known := ids[key]; known && before != d.ID {
			t.Errorf("%s came with the ids %s and %s", d.Type, before, d.ID)
		}
		ids[key] = d.ID
	}
	if r := w.api.Get(connection); r.Status != 404 {
		t.Errorf("the ended call is still there: %v", r)
	}
}

// The dialog is in the journal: whoever was in the call is not left in it.
func TestPhonesAreReleasedAfterAKill(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	a.Dial("sip:bob@" + server.Domain)
	a.AwaitHeard(toneOfB, time.Second)
	w.Kill()
	w.Restart()
	a.AwaitClosed(1)
	b.AwaitClosed(1)
	ended := w.app.Await("CallEnded", func(d webhook.Delivery) bool { return d.Type == "CallEnded" })
	if got := ended.Text("serverCallId"); got != a.AwaitHeader("X-Server-Call-Id") {
		t.Errorf("another call ended: %s", got)
	}
}

// The kill meets requests at every stage. What was answered 2xx is kept: each
// such call has one outcome and, if it was up, one disconnect.
func TestAKillAmongManyRequestsLosesNothingThatWasAnswered(t *testing.T) {
	w := start(t, withLab)
	type request struct {
		context, connection string
	}
	answered := make(chan request, 1000)
	var callers sync.WaitGroup
	stop := make(chan struct{})
	for range 8 {
		callers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				oc := newContext("storm")
				r, err := w.api.Try(http.MethodPost, "/calling/callConnections", client.Object{
					"targets": []client.Object{number("+15550100")}, "callbackUri": w.app.URL("/callback"), "operationContext": oc,
					"sourceCallerIdNumber": client.Object{"value": ours},
				}, client.Once())
				if err != nil {
					return // the server is dead
				}
				if r.Status == 201 {
					answered <- request{oc, r.Text("callConnectionId")}
				}
			}
		})
	}
	// Enough calls to be in the middle of it, few enough for the ports.
	w.app.Await("the thirtieth connected call", func(webhook.Delivery) bool {
		connected := 0
		for _, d := range w.app.All() {
			if d.Type == "CallConnected" {
				connected++
			}
		}
		return connected >= 30
	})
	w.Kill()
	close(stop)
	callers.Wait()
	close(answered)
	w.Restart()
	n := 0
	for r := range answered {
		n++
		end := w.app.Await("end of "+r.connection, func(d webhook.Delivery) bool {
			return d.Connection() == r.connection && (d.Type == "CallDisconnected" || d.Type == "CreateCallFailed")
		})
		if end.Context() != r.context {
			t.Errorf("connection %s ended with the context %q, want %q", r.connection, end.Context(), r.context)
		}
	}
	w.awaitEnds(n)
	t.Logf("%d calls were answered 201 before the kill, and all were told their end", n)
}

func TestARepetitionAfterAKillGetsItsFirstAnswer(t *testing.T) {
	w := start(t, withLab)
	id := client.Repeatable(newID(), time.Now())
	create := func() client.Response {
		return w.api.CreateCall(w.app.URL("/callback"), []client.Object{number("+15550100")}, nil, id)
	}
	first := create()
	expect(t, first, 201)
	w.Kill()
	w.Restart()
	if second := create(); second.Status != 201 || second.Text("callConnectionId") != first.Text("callConnectionId") {
		t.Errorf("the repetition after the restart got %v, and first %v", second, first)
	}
}
