package e2e

import (
	"net/http"
	"testing"
	"time"

	cs "strowger/test/callingserver"
	"strowger/test/callingserver/november"
	"strowger/test/client"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/webhook"
)

// Samples of the preview register what they wait for after the API has answered. When
// the event arrives, the response must already lie in the client's socket.
func TestCallingServerAnswersBeforeItTells(t *testing.T) {
	w := start(t, server.Config{Lab: true, Trunks: []server.Trunk{carrier()}})
	source := client.Object{"communicationUser": client.Object{"id": rawID(service)}}
	phoneNumber := client.Object{"value": "+15550100"}
	answered := func(path string, request client.Object, is func(webhook.Delivery) bool) webhook.Delivery {
		raw, told := w.api.Raw(), "/told/"+newID()
		defer raw.Close()
		checked := make(chan struct{})
		w.app.Before(told, func(d webhook.Delivery) {
			if !is(d) {
				return
			}
			if !raw.HasAnswer() {
				t.Errorf("%s: %s arrived before the response", path, d.Type)
			}
			close(checked)
		})
		request["callbackUri"] = w.app.URL(told)
		raw.Send(http.MethodPost, path+"?api-version="+string(cs.August), request)
		d := w.app.Await("an event of "+path, func(d webhook.Delivery) bool { return d.Path == told && is(d) })
		<-checked
		return d
	}
	connecting := func(d webhook.Delivery) bool { return d.Text("callConnectionState") == "connecting" }
	result := func(d webhook.Delivery) bool { return d.Text("status") != "" }
	for range 5 {
		created := answered("/calling/callConnections", client.Object{
			"source": source, "targets": []client.Object{{"phoneNumber": phoneNumber}}, "alternateCallerId": client.Object{"value": ours},
		}, connecting)
		connected := w.app.Await("the call", func(d webhook.Delivery) bool {
			return d.Path == created.Path && d.Text("callConnectionState") == "connected"
		})
		call := "/calling/serverCalls/" + connected.Text("serverCallId")
		answered(call+"/:join", client.Object{"source": source}, connecting)
		answered(call+"/:playAudio", client.Object{"audioFileUri": w.wave(promptHz, 20*time.Millisecond)}, result)
		answered(call+"/participants", client.Object{
			"participant": client.Object{"phoneNumber": client.Object{"value": "+15550101"}}, "alternateCallerId": client.Object{"value": ours},
		}, result)
	}
}

// Clients of that time escaped colons or did not, and one kind signed what a path means.
func TestCallingServerTakesPathsAndSignaturesOfEveryClient(t *testing.T) {
	w := start(t, server.Config{Lab: true, Trunks: []server.Trunk{carrier()}})
	for name, config := range map[string]cs.Config{
		"escaped colons": {EscapedColons: true}, "a decoded signature": {DecodedSignature: true},
		"both": {EscapedColons: true, DecodedSignature: true},
	} {
		core := w.callingServer(cs.June, false, config)
		app := audience{w, cs.June, "/" + newID()}
		connection, err := core.CreateCallConnection(t.Context(), service, []cs.Identifier{cs.OfPhone("+15550100")},
			cs.CallOptions{CallbackURI: app.url(), AlternateCallerID: &cs.PhoneNumber{Value: ours}})
		w.must(err)
		call := app.state(connection.ID, "connected").Data.Call()
		joined, err := core.JoinCall(t.Context(), call, otherService, cs.CallOptions{CallbackURI: app.url()})
		w.must(err)
		there := november.Client{Client: w.callingServer(cs.November, false, config)}.Call(cs.ByServerCall(call))
		if _, err := there.Participant(t.Context(), cs.OfPhone("+15550100")); err != nil {
			t.Errorf("%s: who is in the call is not read: %v", name, err)
		}
		w.must(joined.Hangup(t.Context()))
		w.must(connection.Hangup(t.Context()))
		app.ended(connection.ID)
	}
}

// A call that nobody answers has its states too.
func TestCallingServerTellsOfACallThatNobodyAnswers(t *testing.T) {
	w := start(t, server.Config{Lab: true, Trunks: []server.Trunk{carrier()}})
	for _, version := range []cs.Version{cs.June, cs.August, cs.November} {
		app := audience{w, version, "/" + newID()}
		connection, err := w.callingServer(version, false, cs.Config{}).CreateCallConnection(t.Context(), service,
			[]cs.Identifier{cs.OfPhone("+15550103")}, cs.CallOptions{CallbackURI: app.url(), AlternateCallerID: &cs.PhoneNumber{Value: ours}})
		w.must(err)
		app.state(connection.ID, "disconnected")
		if got := app.story(connection.ID); got != "connecting disconnecting disconnected" {
			t.Errorf("%s: the connection was told %s", version, got)
		}
	}
}

// One call, and two generations of the API in it.
func TestEitherGenerationCommandsTheCallsOfTheOther(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	old := w.callingServer(cs.August, false, cs.Config{})
	app := audience{w, cs.August, "/" + newID()}

	later := w.connected(user(alice))
	call := w.api.Get(later).Text("serverCallId")
	joined, err := old.JoinCall(t.Context(), call, service, cs.CallOptions{CallbackURI: app.url()})
	w.must(err)
	app.state(joined.ID, "connected")
	id, err := old.CallConnection(later).AddParticipant(t.Context(), identified(bob), cs.InviteOptions{OperationContext: "bob"})
	w.must(err)
	expectResult(t, w.app.AwaitResult("bob", "AddParticipantSucceeded", "AddParticipantFailed"), "AddParticipantSucceeded", "200/0")
	a.AwaitHeard(toneOfB, time.Second)
	b.AwaitHeard(toneOfA, time.Second)

	// Each is told in the words of its own generation.
	context := newContext("play")
	expect(t, w.api.PlayFile(joined.ID, w.wave(promptHz, time.Second), client.Object{"operationContext": context}), 202)
	app.played(context, 200, 0)
	a.AwaitHeard(promptHz, 800*time.Millisecond)
	if r := w.api.Get(joined.ID); r.Status != 200 || r.Text("serverCallId") != call {
		t.Errorf("the connection of 2021 is read as %v", r)
	}
	w.must(old.CallConnection(later).RemoveParticipant(t.Context(), id))
	b.AwaitClosed(1)
	w.end(later)
	app.ended(joined.ID)
}
