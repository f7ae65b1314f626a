package e2e

import (
	"fmt"
	"sync"
	"testing"

	"strowger/test/client"
	"strowger/test/server"
	"strowger/test/sipp"
	"strowger/test/webhook"
)

var ourNumber = server.Config{Trunks: []server.Trunk{carrier()}}

// callers lets SIPp call our number again and again.
func (w *world) callers(scenario string, calls, rate int, values sipp.Values) *sipp.Peer {
	w.t.Helper()
	values.From = "+15551230001"
	return sipp.Start(w.t, sipp.Config{Scenario: scenario, Server: w.SIP, Number: ours, Calls: calls, Rate: rate, Values: values})
}

// A peer server loses 3 calls of 200 here: it knows the call a moment after
// it has told the application.
func TestAnAnswerInTheVeryInstantOfTheEventIsNeverTooEarly(t *testing.T) {
	w := start(t, ourNumber)
	const calls = 200
	w.app.Before("/events", func(d webhook.Delivery) {
		if d.Type != "IncomingCall" {
			return
		}
		if r := w.api.Answer(d.Text("incomingCallContext"), w.app.URL("/callback")); r.Status != 200 {
			t.Errorf("an answer in the instant of the event got %v", r)
		}
	})
	w.app.Before("/callback", func(d webhook.Delivery) {
		if d.Type != "CallConnected" {
			return
		}
		if r := w.api.Terminate(d.Connection()); r.Status != 204 {
			t.Errorf("a hang-up in the instant of CallConnected got %v", r)
		}
	})
	w.callers("calls-until-hung-up", calls, 25, sipp.Values{}).AwaitSuccess()
	w.awaitEnds(calls)
}

func TestARejectionInTheVeryInstantOfTheEventIsNeverTooEarly(t *testing.T) {
	w := start(t, ourNumber)
	w.app.Before("/events", func(d webhook.Delivery) {
		if d.Type != "IncomingCall" {
			return
		}
		if r := w.api.Reject(d.Text("incomingCallContext"), "busy"); r.Status != 204 {
			t.Errorf("a rejection in the instant of the event got %v", r)
		}
	})
	w.callers("calls-and-is-refused", 200, 50, sipp.Values{Status: "486"}).AwaitSuccess()
}

// The hang-up follows the answer's response without waiting for an event, so
// it meets a call whose caller has not yet acknowledged the answer.
func TestAHangUpRightAfterTheAnswerIsNeverTooEarly(t *testing.T) {
	w := start(t, ourNumber)
	const calls = 200
	w.app.Before("/events", func(d webhook.Delivery) {
		if d.Type != "IncomingCall" {
			return
		}
		r := w.api.Answer(d.Text("incomingCallContext"), w.app.URL("/callback"))
		if r.Status != 200 {
			t.Errorf("an answer in the instant of the event got %v", r)
			return
		}
		if r := w.api.HangUp(r.Text("callConnectionId")); r.Status != 204 {
			t.Errorf("a hang-up right after the answer got %v", r)
		}
	})
	w.callers("calls-until-hung-up", calls, 25, sipp.Values{}).AwaitSuccess()
	w.awaitEnds(calls)
}

// awaitEnds waits until so many connections are over. Each must have had one
// outcome, connected or failed, at most one disconnect, and nothing after it.
func (w *world) awaitEnds(n int) {
	w.t.Helper()
	w.app.Await(fmt.Sprintf("end of %d connections", n), func(webhook.Delivery) bool { return len(w.over()) >= n })
	outcomes, disconnected := map[string]int{}, map[string]bool{}
	for _, d := range w.told() {
		if disconnected[d.Connection()] {
			w.t.Errorf("connection %s was told %s after its disconnect", d.Connection(), d.Type)
		}
		switch d.Type {
		case "CallConnected", "CreateCallFailed", "AnswerFailed":
			outcomes[d.Connection()]++
		case "CallDisconnected":
			disconnected[d.Connection()] = true
		}
	}
	for connection, count := range outcomes {
		if count != 1 {
			w.t.Errorf("connection %s had %d outcomes", connection, count)
		}
	}
}

// over are the connections that are disconnected or never came to be.
func (w *world) over() map[string]bool {
	over := map[string]bool{}
	for _, d := range w.told() {
		switch d.Type {
		case "CallDisconnected", "CreateCallFailed", "AnswerFailed":
			over[d.Connection()] = true
		}
	}
	return over
}

// told are the callbacks so far, repetitions left out.
func (w *world) told() []webhook.Delivery {
	var told []webhook.Delivery
	known := map[string]bool{}
	for _, d := range w.app.All() {
		if d.Connection() != "" && !known[d.ID] {
			known[d.ID] = true
			told = append(told, d)
		}
	}
	return told
}

func TestAnAnswerAsTheCallerGivesUpGetsAClearAnswer(t *testing.T) {
	w := start(t, ourNumber)
	const calls = 100
	var mu sync.Mutex
	answered, refused := 0, 0
	w.app.Before("/events", func(d webhook.Delivery) {
		if d.Type != "IncomingCall" {
			return
		}
		r := w.api.Answer(d.Text("incomingCallContext"), w.app.URL("/callback"))
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Status == 200:
			answered++
		case r.Status >= 400 && r.Status < 500 && r.ErrorCode() != "":
			refused++
		default:
			t.Errorf("an answer as the caller gave up got %v", r)
		}
	})
	// The CANCEL leaves as soon as the 180 arrives, which is when the
	// application hears of the call: one of the two is first.
	result := w.callers("gives-up-at-once", calls, 25, sipp.Values{}).AwaitSuccess()
	w.app.Await("every call", func(webhook.Delivery) bool {
		mu.Lock()
		defer mu.Unlock()
		return answered+refused >= calls
	})
	w.awaitEnds(answered)
	t.Logf("%d were answered and ended, %d were refused; SIPp: %+v", answered, refused, result)
}

func TestACallThatNobodyAnswersIsReleasedAfterThirtySeconds(t *testing.T) {
	w := start(t, ourNumber)
	caller := w.callers("calls-and-is-refused", 1, 1, sipp.Values{Status: "480"})
	event := w.app.AwaitIncoming("4:"+ours, 1)
	caller.AwaitSuccess()
	r := w.api.Answer(event.Text("incomingCallContext"), w.app.URL("/callback"))
	if r.Status < 400 || r.Status >= 500 || r.ErrorCode() == "" {
		t.Errorf("answering a call that is gone got %v, want a clear 4xx", r)
	}
}

func TestACallToAUserWithoutAnEndpointRaisesIncomingCall(t *testing.T) {
	w := start(t, ourNumber)
	bot := "8:acs:" + server.ResourceID + "_" + newID()
	connection := w.create(client.User(bot))
	event := w.app.AwaitIncoming(bot, 1)
	r := w.api.Answer(event.Text("incomingCallContext"), w.app.URL("/bot"))
	expect(t, r, 200)
	w.app.AwaitEvent(connection, "CallConnected")
	w.app.AwaitEvent(r.Text("callConnectionId"), "CallConnected")
	if event.Text("correlationId") == "" || event.Text("serverCallId") != r.Text("serverCallId") {
		t.Errorf("the event and the answer speak of different calls: %v, %v", event, r)
	}
	w.end(connection)
	w.app.AwaitEvent(r.Text("callConnectionId"), "CallDisconnected")
}

func TestAContextWorksOnce(t *testing.T) {
	w := start(t, ourNumber)
	caller := w.callers("calls-and-is-refused", 1, 1, sipp.Values{Status: "403"})
	context := w.app.AwaitIncoming("4:"+ours, 1).Text("incomingCallContext")
	expect(t, w.api.Reject(context, "forbidden"), 204)
	caller.AwaitSuccess()
	for what, r := range map[string]client.Response{
		"answering it after":     w.api.Answer(context, w.app.URL("/callback")),
		"rejecting it again":     w.api.Reject(context, "busy"),
		"redirecting it after":   w.api.Redirect(context, number("+19990001")),
		"answering a forged one": w.api.Answer(context[:len(context)-4]+"AAAA", w.app.URL("/callback")),
	} {
		if r.Status < 400 || r.Status >= 500 || r.ErrorCode() == "" {
			t.Errorf("%s got %v, want a clear 4xx", what, r)
		}
	}
}

func TestAThousandCallersInFiveSecondsAreAllTurnedAway(t *testing.T) {
	w := start(t, ourNumber)
	w.app.Before("/events", func(d webhook.Delivery) {
		if d.Type == "IncomingCall" {
			w.api.Reject(d.Text("incomingCallContext"), "forbidden")
		}
	})
	w.callers("calls-and-is-refused", 1000, 200, sipp.Values{Status: "403"}).AwaitSuccess()
}
