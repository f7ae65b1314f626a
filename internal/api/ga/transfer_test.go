package ga_test

import (
	"fmt"
	"testing"

	"strowger/internal/access"
	"strowger/internal/call"
)

func TestTransferBecomesTheCommandThatItSays(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	var cmd call.Command
	s.Calls.Saw = func(c call.Command) { cmd = c }
	path := root + "/" + string(connection)
	got := s.post(path+":transferToParticipant", `{"targetParticipant":{"phoneNumber":{"value":"+14255550199"}},"transferee":{"rawId":"4:+14255550123"},
		"sourceCallerIdNumber":{"value":"+14255550100"},"customCallingContext":{"sipHeaders":{"X-MS-Custom-a":"1"},"voipHeaders":{}},
		"operationContext":"oc","operationCallbackUri":"https://o.example/op"}`)
	s.want(got, 202, `{"operationContext":"oc"}`)
	given, ok := cmd.(call.Transfer)
	if !ok || given.Onward.Key() == "" || given.Onward.Key() == connection.Key() {
		t.Errorf("the call of the two would be %q", given.Onward)
	}
	want := call.Transfer{
		Onward:     given.Onward,
		Connection: connection, Target: "4:+14255550199", Transferee: phone, CallerID: ours, Headers: map[string]string{"X-MS-Custom-a": "1"},
		Operation: call.Operation{Context: "oc", CallbackURI: "https://o.example/op"},
	}
	if fmt.Sprintf("%+v", cmd) != fmt.Sprintf("%+v", want) {
		t.Errorf("the command is %+v, want %+v", cmd, want)
	}
	if state := object(t, s.get(path).Body)["callConnectionState"]; state != "transferring" {
		t.Errorf("the connection is %v", state)
	}
}

func TestTransferRefusesWhatIsWrong(t *testing.T) {
	s := stage(t)
	connection, id := s.connectedWith(alice)
	path := root + "/" + string(connection) + ":transferToParticipant"
	to := func(target, members string) string {
		return `{"targetParticipant":{"rawId":"` + target + `"}` + members + `}`
	}
	s.refuses(path, []wrong{
		invalid(`{}`, "targetParticipant.rawId", "is missing"),
		invalid(to("4:anonymous", ""), "targetParticipant", "E.164"),
		invalid(to("8:orgid:x", ""), "targetParticipant", "microsoftTeamsUser cannot be called"),
		invalid(to(bob, `,"transferee":{}`), "transferee.rawId", "is missing"),
		invalid(to(bob, `,"sourceCallerIdNumber":{"value":"x"}`), "sourceCallerIdNumber.value", "E.164"),
		invalid(to(bob, `,"customCallingContext":{"sipHeaders":{"Via":"x"}}`), "customCallingContext.sipHeaders.Via", "begins with X-"),
		invalid(to(bob, `,"operationCallbackUri":"x"`), "operationCallbackUri", "invalid"),
	})
	s.wantRefused(s.post(path, to(bob, `,"transferee":{"rawId":"4:+14255550123"}`)), 404, "8522", "transferee", "not in the call")
	s.wantRefused(s.post(path, to(alice, "")), 409, "8519", "targetParticipant", "in the call")
	if got := s.post(path, to(bob, "")); got.Status != 202 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	s.wantRefused(s.post(path, to(phone, "")), 409, "8607", "", "being transferred already")
	s.Calls.Signal(id, call.LegFailed{Leg: call.NewLegID(id, 2), Cause: call.Cause{Reason: call.Busy}})
	// With a third in the call it has to be said who is transferred.
	s.post(root+"/"+string(connection)+"/participants:add", `{"participantToAdd":{"rawId":"`+bob+`"}}`)
	s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, 3)})
	s.wantRefused(s.post(path, to(phone, "")), 400, "8523", "transferee", "more than one")
	out := to("4:+14255550199", `,"transferee":{"rawId":"`+bob+`"}`)
	s.want(s.post(path, out), 202, `{}`)
	s.wantRefused(s.post(path, out), 409, "8607", "", "being transferred already")
}

func TestOnlyWhoHasAnEndpointIsTransferred(t *testing.T) {
	s := stage(t)
	connection, id := s.created(`{"targets":[{"rawId":"` + alice + `"}],"callbackUri":"https://app.example/cb"}`)
	path := root + "/" + string(connection) + ":transferToParticipant"
	s.wantRefused(s.post(path, `{"targetParticipant":{"rawId":"`+bob+`"}}`), 400, "8501", "", "not in Established state")
	s.Calls.Signal(id, call.LegUnclaimed{Leg: call.NewLegID(id, 1)})
	context, err := s.sealer.Seal(access.IncomingContext{CallID: string(id), IncomingID: 1, To: alice})
	if err != nil {
		t.Fatal(err)
	}
	s.post(root+":answer", `{"incomingCallContext":"`+context+`","callbackUri":"https://bot.example/cb"}`)
	s.wantRefused(s.post(path, `{"targetParticipant":{"rawId":"`+bob+`"}}`), 400, "8523", "transferee", "is an application")
}
