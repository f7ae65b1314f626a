package ga_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"strowger/internal/call"
)

func TestCreateCallIsAnswered201WithItsProperties(t *testing.T) {
	s := stage(t)
	got := s.post(root, createBody)
	if got.Status != 201 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	shown := object(t, got.Body)
	for member, want := range map[string]any{
		"callConnectionState": "connecting", "callbackUri": "https://app.example/cb?k=1", "sourceDisplayName": "", "serverCallId": nil,
	} {
		if shown[member] != want {
			t.Errorf("%s is %v, want %v", member, shown[member], want)
		}
	}
	target := fmt.Sprint(shown["targets"])
	if !strings.Contains(target, "kind:phoneNumber") || !strings.Contains(target, "rawId:"+phone) {
		t.Errorf("targets are %s", target)
	}
	if got.Header.Get("X-Microsoft-Skype-Chain-ID") != shown["correlationId"] {
		t.Errorf("chain id %q, correlation id %v", got.Header.Get("X-Microsoft-Skype-Chain-ID"), shown["correlationId"])
	}
}

func TestCreateCallBecomesTheCommandThatItSays(t *testing.T) {
	s := stage(t)
	var cmd call.CreateCall
	s.Calls.Saw = func(c call.Command) { cmd = c.(call.CreateCall) }
	got := s.Send("POST", root+"?api-version=2024-04-15", `{"targets":[{"rawId":"`+alice+`"},{"phoneNumber":{"value":"+14255550123"}}],
		"source":{"id":"`+bob+`"},"sourceCallerIdNumber":{"value":"+14255550100"},"sourceDisplayName":"Clinic",
		"callbackUri":"http://127.0.0.1:9000/cb","operationContext":"oc","callIntelligenceOptions":{"cognitiveServicesEndpoint":"https://c"}}`)
	if got.Status != 201 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if cmd.App != (call.Application{CallbackURI: "http://127.0.0.1:9000/cb", Version: "2024-04-15"}) || cmd.Context != "oc" ||
		cmd.Source != bob || cmd.SourceName != "Clinic" || cmd.CallerID != ours || fmt.Sprint(cmd.Targets) != "["+alice+" "+phone+"]" {
		t.Errorf("the command is %+v", cmd)
	}
	if cmd.Call.Key() != cmd.Connection.Key() {
		t.Error("the connection does not belong to its call")
	}
}

// TestACallIsCreatedOnceHoweverOftenItIsAsked is promise 4.
func TestACallIsCreatedOnceHoweverOftenItIsAsked(t *testing.T) {
	s := stage(t)
	first := s.post(root, createBody, repeat, sent)
	var again sync.WaitGroup
	for range 4 {
		again.Go(func() {
			if got := s.post(root, createBody, repeat, sent); got.Status != 201 || got.Body != first.Body {
				t.Errorf("again: %d %s, first %s", got.Status, got.Body, first.Body)
			}
		})
	}
	again.Wait()
	dials := 0
	for _, e := range s.Calls.Effects() {
		if _, ok := e.(call.Dial); ok {
			dials++
		}
	}
	if dials != 1 {
		t.Errorf("the phone was dialled %d times", dials)
	}
	if other := s.post(root, createBody); other.Body == first.Body {
		t.Error("a request without an id was taken for a repetition")
	}
}

func TestCreateCallRefusesWhatIsWrong(t *testing.T) {
	s := stage(t)
	with := func(members string) string {
		return `{"targets":[{"rawId":"` + alice + `"}],"callbackUri":"https://app.example/cb",` + members + `}`
	}
	targets := func(list string) string { return `{"callbackUri":"https://app.example/cb","targets":` + list + `}` }
	s.refuses(root, []wrong{
		invalid(``, "", "body is empty"),
		invalid(`{`, "", "not JSON"),
		invalid(`{}`, "callbackUri", "is missing"),
		invalid(`{"targets":[{"rawId":"`+alice+`"}]}`, "callbackUri", "is missing"),
		invalid(`{"callbackUri":"http://app.example/cb"}`, "targets", "missing or empty"),
		invalid(`{"callbackUri":"http://8.8.8.8/cb","targets":[]}`, "callbackUri", "the CallbackUri field is invalid: is not https"),
		invalid(`{"callbackUri":"/cb","targets":[]}`, "callbackUri", "CallbackUri field is invalid"),
		invalid(`{"callbackUri":"https://10.0.0.1/cb","targets":[]}`, "callbackUri", "private address"),
		invalid(`{"callbackUri":7}`, "callbackUri", "where a string is needed"),
		invalid(targets(`[]`), "targets", "missing or empty"),
		invalid(targets(`{}`), "targets", "where an array is needed"),
		invalid(targets(`[{"rawId":"`+alice+`"},{}]`), "targets[1].rawId", "is missing"),
		invalid(targets(`[{"communicationUser":{"id":"a"},"phoneNumber":{"value":"+1"}}]`), "targets[0]", "names both"),
		invalid(targets(`[{"phoneNumber":{}}]`), "targets[0].phoneNumber.value", "is missing"),
		invalid(targets(`[{"phoneNumber":{"value":"+1425"}}]`), "sourceCallerIdNumber", "a call to a phone number needs it"),
		invalid(targets(`[{"phoneNumber":{"value":"call me"}}]`), "targets[0]", "E.164"),
		invalid(targets(`[{"rawId":"4:anonymous"}]`), "targets[0]", "E.164"),
		invalid(targets(`[{"microsoftTeamsUser":{"userId":"u"}}]`), "targets[0]", "microsoftTeamsUser cannot be called"),
		invalid(targets(`[{"rawId":"who knows"}]`), "targets[0]", "unknown cannot be called"),
		invalid(with(`"sourceCallerIdNumber":{}`), "sourceCallerIdNumber.value", "is missing"),
		invalid(with(`"sourceCallerIdNumber":{"value":"x"}`), "sourceCallerIdNumber.value", "E.164"),
		invalid(with(`"source":{}`), "source.id", "is missing"),
		invalid(with(`"source":{"id":"4:+1"}`), "source.id", "is a phoneNumber"),
		invalid(targets(`[`+strings.Repeat(`{"rawId":"`+alice+`"},`, 1999)+`{}]`), "targets", "holds 2000 items, 350 at most"),
		invalid(with(`"sourceDisplayName":"`+strings.Repeat("x", 312_000)+`"`), "sourceDisplayName", "longer than 256"),
		invalid(with(`"operationContext":"`+strings.Repeat("x", 5000)+`"`), "operationContext", "longer than"),
		{with(`"transcriptionOptions":{"transportType":"websocket","locale":"tlh-XX"}`), 405, "8522", "transcriptionOptions.locale", "no speech recognition of this server knows tlh-XX"},
		{with(`"teamsAppSource":{"appId":"a"}`), 405, "8520", "teamsAppSource", "not possible"},
	})
	// What the rules refuse comes back in the same shape.
	s.wantRefused(s.post(root, targets(`[{"rawId":"`+alice+`"},{"rawId":"`+alice+`"}]`)), 400, "8523", "targets", "named twice")
}
