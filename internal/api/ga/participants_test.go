package ga_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
)

func TestAddParticipantIsAnswered202WithItsInvitation(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	got := s.post(root+"/"+string(connection)+"/participants:add", `{"participantToAdd":{"rawId":"`+alice+`"},"operationContext":"oc"}`)
	if got.Status != 202 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	shown := object(t, got.Body)
	if shown["operationContext"] != "oc" || len(shown["invitationId"].(string)) != 36 || !strings.Contains(fmt.Sprint(shown["participant"]), "kind:communicationUser") {
		t.Errorf("got %s", got.Body)
	}
}

func TestAddParticipantBecomesTheCommandThatItSays(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	var cmd call.AddParticipant
	s.Calls.Saw = func(c call.Command) { cmd = c.(call.AddParticipant) }
	got := s.post(root+"/"+string(connection)+"/participants:add", `{"participantToAdd":{"phoneNumber":{"value":"+14255550199"}},
		"sourceCallerIdNumber":{"value":"+14255550100"},"sourceDisplayName":"Clinic","invitationTimeoutInSeconds":180,"operationContext":"oc",
		"operationCallbackUri":"https://o.example/op","customCallingContext":{"voipHeaders":{"k":"v"},
		"sipHeaders":{"User-To-User":"u","X-MS-Custom-a":"1","x-b":"2","X-c":"3","X-d":"4","X-e":"5"}}}`)
	if got.Status != 202 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if cmd.Participant != "4:+14255550199" || cmd.CallerID != ours || cmd.SourceName != "Clinic" || cmd.RingTimeout != 3*time.Minute ||
		cmd.Operation != (call.Operation{Context: "oc", CallbackURI: "https://o.example/op"}) || cmd.Headers["User-To-User"] != "u" || len(cmd.Headers) != 6 || cmd.VoIPHeaders["k"] != "v" {
		t.Errorf("the command is %+v", cmd)
	}
}

func TestSomebodyIsAddedOnceHoweverOftenItIsAsked(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	path, body := root+"/"+string(connection)+"/participants:add", `{"participantToAdd":{"rawId":"`+alice+`"}}`
	first := s.post(path, body, repeat, sent)
	if again := s.post(path, body, repeat, sent); first.Status != 202 || again.Body != first.Body || again.Status != 202 {
		t.Errorf("first %d %s, then %d %s", first.Status, first.Body, again.Status, again.Body)
	}
	s.wantRefused(s.post(path, body), 409, "8519", "participantToAdd", "already")
}

func TestAddParticipantRefusesWhatIsWrong(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	with := func(members string) string { return `{"participantToAdd":{"rawId":"` + alice + `"},` + members + `}` }
	sip := func(headers string) string { return with(`"customCallingContext":{"sipHeaders":{` + headers + `}}`) }
	voip := func(headers string) string { return with(`"customCallingContext":{"voipHeaders":{` + headers + `}}`) }
	long := strings.Repeat("v", 2000)
	const in = "customCallingContext."
	var many []string
	for i := range 1001 {
		many = append(many, fmt.Sprintf(`"k%d":"v"`, i))
	}
	var large []string
	for i := range 33 {
		large = append(large, fmt.Sprintf(`"k%02d":"%s"`, i, long[:1024]))
	}
	s.refuses(root+"/"+string(connection)+"/participants:add", []wrong{
		invalid(`{}`, "participantToAdd.rawId", "is missing"),
		invalid(`{"participantToAdd":{"rawId":"8:orgid:x"}}`, "participantToAdd", "cannot be called"),
		invalid(with(`"sourceCallerIdNumber":{"value":"me"}`), "sourceCallerIdNumber.value", "E.164"),
		invalid(with(`"invitationTimeoutInSeconds":-1`), "invitationTimeoutInSeconds", "from 0 to 180"),
		invalid(with(`"invitationTimeoutInSeconds":181`), "invitationTimeoutInSeconds", "from 0 to 180"),
		invalid(with(`"invitationTimeoutInSeconds":"30"`), "invitationTimeoutInSeconds", "whole number"),
		invalid(with(`"operationCallbackUri":"ftp://x"`), "operationCallbackUri", "OperationCallbackUri field is invalid"),
		invalid(sip(`"X-a":"1","X-b":"1","X-c":"1","X-d":"1","X-e":"1","X-f":"1"`), in+"sipHeaders", "holds 6 custom headers"),
		invalid(sip(`"Via":"x"`), in+"sipHeaders.Via", "begins with X-"),
		invalid(sip(`"X-a b":"x"`), in+"sipHeaders.X-a b", "begins with X-"),
		invalid(sip(`"X-a":"x\r\nVia: y"`), in+"sipHeaders.X-a", "control character"),
		invalid(sip(`"X-a":"`+long+`"`), in+"sipHeaders.X-a", "longer than 256"),
		invalid(sip(`"X-`+long+`":"x"`), in+"sipHeaders.X-"+long[:62]+"…", "longer than 64"),
		invalid(voip(`"a":"`+long+`"`), in+"voipHeaders.a", "longer than 1024"),
		invalid(voip(`"":"x"`), in+"voipHeaders", "name of a header is empty"),
		invalid(voip(strings.Join(many, ",")), in+"voipHeaders", "holds 1001 members"),
		invalid(voip(strings.Join(large, ",")), in+"voipHeaders", "holds 33891 bytes"),
	})
}

func TestRemoveParticipantIsAnswered202WithItsContext(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	path := root + "/" + string(connection) + "/participants:remove"
	s.want(s.post(path, `{"participantToRemove":{"rawId":"4:+14255550123"},"operationContext":"oc"}`), 202, `{"operationContext":"oc"}`)
}

func TestRemoveParticipantRefusesWhatIsWrong(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	path := root + "/" + string(connection) + "/participants:remove"
	s.refuses(path, []wrong{
		invalid(`{}`, "participantToRemove.rawId", "is missing"),
		invalid(`{"participantToRemove":{"kind":"phoneNumber","rawId":"`+alice+`"}}`, "participantToRemove.kind", "says phoneNumber"),
		invalid(`{"participantToRemove":{"rawId":"4:+14255550123"},"operationCallbackUri":"x"}`, "operationCallbackUri", "invalid"),
	})
	s.wantRefused(s.post(path, `{"participantToRemove":{"rawId":"`+bob+`"}}`), 404, "8522", "participantToRemove", "not in the call")
}
