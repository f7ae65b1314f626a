package ga_test

import (
	"fmt"
	"strings"
	"testing"

	"strowger/internal/call"
)

func TestAnswerIsAnswered200WithItsProperties(t *testing.T) {
	s := stage(t)
	id, context := s.incoming()
	got := s.post(root+":answer", `{"incomingCallContext":"`+context+`","callbackUri":"https://app.example/cb","operationContext":"o","answeredBy":{"id":"`+bob+`"}}`)
	if got.Status != 200 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	shown := object(t, got.Body)
	for member, want := range map[string]any{
		"callConnectionState": "unknown", "serverCallId": id.ServerCallID(), "correlationId": string(id),
		"answeredBy": "map[id:" + bob + "]", "answeredFor": "map[value:+14255550100]",
	} {
		if fmt.Sprint(shown[member]) != fmt.Sprint(want) {
			t.Errorf("%s is %v, want %v", member, shown[member], want)
		}
	}
	if connection := call.ConnectionID(shown["callConnectionId"].(string)); connection.Key() != id.Key() {
		t.Errorf("connection %s is not one of call %s", connection, id)
	}
}

func TestRedirectAndRejectAreAnswered204(t *testing.T) {
	for path, more := range map[string]string{
		":redirect": `"target":{"rawId":"` + alice + `"}`,
		":reject":   `"callRejectReason":"busy"`,
	} {
		s := stage(t)
		_, context := s.incoming()
		s.want(s.post(root+path, `{"incomingCallContext":"`+context+`",`+more+`}`), 204, "")
	}
}

func TestARejectionReachesTheCallerForItsReason(t *testing.T) {
	for reason, want := range map[string]call.RejectReason{
		"": call.RejectNone, `,"callRejectReason":"none"`: call.RejectNone,
		`,"callRejectReason":"Busy"`: call.RejectBusy, `,"callRejectReason":"forbidden"`: call.RejectForbidden,
	} {
		s := stage(t)
		_, context := s.incoming()
		var cmd call.RejectCall
		s.Calls.Saw = func(c call.Command) { cmd = c.(call.RejectCall) }
		s.want(s.post(root+":reject", `{"incomingCallContext":"`+context+`"`+reason+`}`), 204, "")
		if cmd.Reason != want || cmd.Incoming != 1 {
			t.Errorf("%s became %+v", reason, cmd)
		}
	}
}

func TestAnIncomingCallIsTakenOnce(t *testing.T) {
	s := stage(t)
	_, context := s.incoming()
	s.want(s.post(root+":reject", `{"incomingCallContext":"`+context+`"}`), 204, "")
	body := `{"incomingCallContext":"` + context + `","callbackUri":"https://app.example/cb","target":{"rawId":"` + alice + `"}}`
	for _, path := range []string{":answer", ":redirect", ":reject"} {
		got := s.post(root+path, body)
		if code, _, _ := got.Error(); got.Status != 404 || code != "8522" {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
}

func TestAnIncomingCallWhoseCallerGaveUpIsGone(t *testing.T) {
	s := stage(t)
	id, context := s.incoming()
	s.Calls.Signal(id, call.LegFailed{Leg: call.NewLegID(id, 1), Cause: call.Cause{Reason: call.CallerGaveUp}})
	got := s.post(root+":answer", `{"incomingCallContext":"`+context+`","callbackUri":"https://app.example/cb"}`)
	s.wantRefused(got, 404, "8522", "", "has ended")
}

func TestAnAnswerGivenAgainIsTheFirstOne(t *testing.T) {
	s := stage(t)
	_, context := s.incoming()
	body := `{"incomingCallContext":"` + context + `","callbackUri":"https://app.example/cb"}`
	first, second := s.post(root+":answer", body, repeat, sent), s.post(root+":answer", body, repeat, sent)
	if first.Status != 200 || second.Status != 200 || first.Body != second.Body {
		t.Errorf("first %d %s, then %d %s", first.Status, first.Body, second.Status, second.Body)
	}
}

func TestIncomingCallsRefuseWhatIsWrong(t *testing.T) {
	s := stage(t)
	_, context := s.incoming()
	with := func(members string) string { return `{"incomingCallContext":"` + context + `",` + members + `}` }
	for path, more := range map[string]string{
		":answer": `,"callbackUri":"https://app.example/cb"`, ":redirect": `,"target":{"rawId":"` + alice + `"}`, ":reject": ``,
	} {
		s.refuses(root+path, []wrong{
			invalid(`[]`, "", "an object is needed"),
			invalid(`{"incomingCallContext":""`+more+`}`, "incomingCallContext", "is missing"),
			invalid(`{"incomingCallContext":"ctx"`+more+`}`, "incomingCallContext", "not a context that this server has sealed"),
			invalid(`{"incomingCallContext":"`+strings.Replace(context, ".", ".A", 1)+`"`+more+`}`, "incomingCallContext", "sealed"),
			invalid(`{"incomingCallContext":"`+strings.Repeat("a", 100_000)+`"`+more+`}`, "incomingCallContext", "longer than 16384"),
		})
	}
	s.refuses(root+":answer", []wrong{
		invalid(with(`"callbackUri":""`), "callbackUri", "is missing"),
		invalid(with(`"callbackUri":"https://192.168.1.1/"`), "callbackUri", "CallbackUri field is invalid"),
		invalid(with(`"callbackUri":"https://a.example/","answeredBy":{"id":""}`), "answeredBy.id", "is missing"),
		{with(`"callbackUri":"https://a.example/","transcriptionOptions":{"transportType":"websocket","locale":"tlh-XX"}`), 405, "8522", "transcriptionOptions.locale", "no speech recognition of this server knows tlh-XX"},
	})
	s.refuses(root+":redirect", []wrong{
		invalid(with(`"x":1`), "target.rawId", "is missing"),
		invalid(with(`"target":{"rawId":"28:orgid:x"}`), "target", "cannot be called"),
	})
	s.refuses(root+":reject", []wrong{
		invalid(with(`"callRejectReason":"tired"`), "callRejectReason", "not one of none, busy and forbidden"),
	})
}
