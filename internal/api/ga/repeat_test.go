package ga_test

import (
	"strings"
	"sync"
	"testing"

	"strowger/internal/api/apitest"
)

// repeatables are the operations that the service takes again, each in a world in
// which it is accepted, with a body that makes another request of it.
var repeatables = []struct {
	op, path    string
	in          func(scene) world
	body, other string
}{
	{"createCall", root, nothing, createBody, creating("")},
	{"answer", root + ":answer", calling, context(callbackTo), context(callbackTo + `,"operationContext":"x"`)},
	{"redirect", root + ":redirect", calling, context(targetBob), context(`,"target":{"rawId":"` + alice + `"}`)},
	{"reject", root + ":reject", calling, context(""), context(`,"callRejectReason":"busy"`)},
	{"connect", root + ":connect", connected, connectBody(`{"serverCallId":"{server}"}`), connectBody(`{"serverCallId":"{server}","roomId":""}`)},
	{"terminate", "{c}:terminate", connected, "", ""},
	{"transferToParticipant", transferPath, connected, about(bob, ""), about(alice, "")},
	{"transferToParticipant", transferPath, joinedLate, bobOut, about("4:+14255550198", `,"transferee":{"rawId":"`+bob+`"}`)},
	{"addParticipant", addPath, connected, adding(""), adding(`,"operationContext":"x"`)},
	{"removeParticipant", removePath, twoInCall, `{"participantToRemove":{"rawId":"` + alice + `"}}`, `{"participantToRemove":{"rawId":"` + phone + `"}}`},
	{"mute", mutePath, twoInCall, `{"targetParticipants":[{"rawId":"` + alice + `"}]}`, `{"targetParticipants":[{"rawId":"` + alice + `"}],"operationContext":"x"}`},
	{"cancelAddParticipant", cancelPath, twoInCall, `{"invitationId":"{invitation}"}`, `{"invitationId":"x"}`},
	{"moveHere", movePath, twoCalls, moving(bob, ""), moving(bob, `,"operationContext":"x"`)},
	{"sendDtmfTones", sendPath, connected, about(phone, `,"tones":["one"]`), about(phone, `,"tones":["two"]`)},
	{"startRecording", recordPath, connected, recording(`,"recordingFormatType":"wav"`), recording(`,"recordingFormatType":"wav","pauseOnStart":true`)},
}

// TestARequestThatIsGivenAgainActsOnce is promise 4 for every operation that has it:
// for requests that race, and after a restart. An ID stands for one request.
func TestARequestThatIsGivenAgainActsOnce(t *testing.T) {
	for _, c := range repeatables {
		t.Run(c.op, func(t *testing.T) {
			w := c.in(stage(t))
			path, body, steps := w.names.Replace(c.path), w.names.Replace(c.body), w.Calls.Steps()
			first := race(w, path, body)
			if first.Status >= 300 || first.Header.Get("Repeatability-Result") != "accepted" {
				t.Fatalf("%d %s, %s", first.Status, first.Body, first.Header.Get("Repeatability-Result"))
			}
			if n := w.Calls.Steps() - steps; n != 1 {
				t.Errorf("it acted %d times", n)
			}
			w.anotherRequest(path, w.names.Replace(c.other))
			w.Calls.Restart()
			steps = w.Calls.Steps()
			if again := w.post(path, body, repeat, sent); again.Status != first.Status || again.Body != first.Body {
				t.Errorf("after a restart %d %s, first %d %s", again.Status, again.Body, first.Status, first.Body)
			}
			if n := w.Calls.Steps() - steps; n != 0 {
				t.Errorf("it acted %d times after a restart", n)
			}
		})
	}
}

// race sends one request several times at once; all get the same answer.
func race(w world, path, body string) apitest.Answer {
	const racing = 8
	answers := make([]apitest.Answer, racing)
	var sending sync.WaitGroup
	for i := range racing {
		sending.Go(func() { answers[i] = w.post(path, body, repeat, sent) })
	}
	sending.Wait()
	for _, a := range answers {
		if a.Status != answers[0].Status || a.Body != answers[0].Body {
			w.t.Errorf("one is answered %d %s, another %d %s", answers[0].Status, answers[0].Body, a.Status, a.Body)
		}
	}
	return answers[0]
}

// anotherRequest sends another body, and another operation, with an ID that was
// used already.
func (w world) anotherRequest(path, other string) {
	w.t.Helper()
	steps := w.Calls.Steps()
	type request struct{ path, body string }
	requests := []request{{path, other}}
	if strings.HasPrefix(path, root+"/") {
		requests = append(requests, request{w.names.Replace("{c}:play"), play("")})
	}
	for _, r := range requests {
		if r.body == "" {
			continue // the operation has no body
		}
		got := w.post(r.path, r.body, repeat, sent)
		w.wantRefused(got, 400, "8523", "Repeatability-Request-ID", "was the ID of another request")
		if result := got.Header.Get("Repeatability-Result"); result != "rejected" {
			w.t.Errorf("the result is %q", result)
		}
	}
	if n := w.Calls.Steps() - steps; n != 0 {
		w.t.Errorf("another request took %d steps", n)
	}
}
