package ga_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"strowger/internal/call"
)

// Each of these requests becomes the command that it says, and is answered as
// published.
func TestVerbsOnParticipantsBecomeTheirCommands(t *testing.T) {
	operation := call.Operation{Context: "oc", CallbackURI: "https://o.example/op"}
	const both = `"operationContext":"oc","operationCallbackUri":"https://o.example/op"`
	const who = `"targetParticipant":{"rawId":"4:+14255550123"},` + both
	for _, c := range []struct {
		path, body string
		status     int
		answer     string
		want       func(call.ConnectionID) call.Command
	}{
		{":sendDtmfTones", `{"tones":["one","Pound","asterisk","d"],` + who + `}`, 202, `{"operationContext":"oc"}`, func(id call.ConnectionID) call.Command {
			return call.SendTones{Connection: id, Operation: operation, Participant: phone, Tones: []call.Tone("1#*D")}
		}},
		{":startContinuousDtmfRecognition", `{` + who + `}`, 200, "", func(id call.ConnectionID) call.Command {
			return call.StartListening{Connection: id, Operation: operation, Participant: phone}
		}},
		{":hold", `{` + who + `}`, 200, "", func(id call.ConnectionID) call.Command {
			return call.HoldParticipant{Connection: id, Operation: operation, Participant: phone}
		}},
		{":unhold", `{` + who + `}`, 200, "", func(id call.ConnectionID) call.Command {
			return call.UnholdParticipant{Connection: id, Operation: operation, Participant: phone}
		}},
		{":recognize", `{"recognizeInputType":"choices","operationContext":"oc","operationCallbackUri":"https://o.example/op","recognizeOptions":{
			"interruptPrompt":false,"initialSilenceTimeoutInSeconds":0,"targetParticipant":{"rawId":"4:+14255550123"},"choices":[{"label":"yes","phrases":[],"tone":"one"}]}}`,
			202, "", func(id call.ConnectionID) call.Command {
				return call.Recognize{Connection: id, Operation: operation, Participant: phone, InterTone: 2e9, Choices: []call.Choice{{Label: "yes", Tone: '1'}}}
			}},
	} {
		t.Run(c.path, func(t *testing.T) {
			s := stage(t)
			connection, _ := s.connected()
			var cmd call.Command
			s.Calls.Saw = func(c call.Command) { cmd = c }
			s.want(s.post(root+"/"+string(connection)+c.path, c.body), c.status, c.answer)
			if want := c.want(connection); fmt.Sprintf("%+v", cmd) != fmt.Sprintf("%+v", want) {
				t.Errorf("the command is %+v, want %+v", cmd, want)
			}
		})
	}
}

func TestSomebodyIsHeldWithAudioOfTheApplications(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	var cmd call.HoldParticipant
	s.Calls.Saw = func(c call.Command) { cmd, _ = c.(call.HoldParticipant) }
	path := root + "/" + string(connection) + ":hold"
	s.want(s.post(path, `{"targetParticipant":{"rawId":"4:+14255550123"},"playSourceInfo":{"kind":"file","file":{"uri":"https://f.example/1.wav"}}}`), 200, "")
	if cmd.Audio == nil || cmd.Audio.File != "https://f.example/1.wav" {
		t.Errorf("the command is %+v", cmd)
	}
	s.wantRefused(s.post(path, `{"targetParticipant":{"rawId":"4:+14255550123"}}`), 409, "8519", "targetParticipant", "on hold already")
}

func TestListeningIsStoppedOnce(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	path, body := root+"/"+string(connection), `{"targetParticipant":{"rawId":"4:+14255550123"}}`
	s.want(s.post(path+":startContinuousDtmfRecognition", body), 200, "")
	s.want(s.post(path+":stopContinuousDtmfRecognition", body), 200, "")
	s.wantRefused(s.post(path+":stopContinuousDtmfRecognition", body), 404, "8522", "", "No continuous recognition")
}

func TestOnlyUsersAreMuted(t *testing.T) {
	s := stage(t)
	connection, _ := s.connectedWith(alice)
	path := root + "/" + string(connection) + "/participants:mute"
	s.want(s.post(path, `{"targetParticipants":[{"rawId":"`+alice+`"}],"operationContext":"oc"}`), 200, `{"operationContext":"oc"}`)
	s.refuses(path, []wrong{
		invalid(`{}`, "targetParticipants", "missing or empty"),
		invalid(`{"targetParticipants":[{}]}`, "targetParticipants[0].rawId", "is missing"),
	})
	s.wantRefused(s.post(path, `{"targetParticipants":[{"rawId":"4:+14255550123"}]}`), 400, "8523", "targetParticipants", "only users can be muted")
	s.wantRefused(s.post(path, `{"targetParticipants":[{"rawId":"`+bob+`"}]}`), 404, "8522", "targetParticipants", "not in the call")
}

func TestAnInvitationIsTakenBackOnce(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	var cmd call.AddParticipant
	s.Calls.Saw = func(c call.Command) {
		if add, ok := c.(call.AddParticipant); ok {
			cmd = add
		}
	}
	path := root + "/" + string(connection) + "/participants"
	if got := s.post(path+":add", `{"participantToAdd":{"rawId":"`+alice+`"}}`); got.Status != 202 {
		t.Fatalf("add: %d %s", got.Status, got.Body)
	}
	body := `{"invitationId":"` + cmd.InvitationID + `","operationContext":"oc"}`
	s.want(s.post(path+":cancelAddParticipant", body), 202, `{"invitationId":"`+cmd.InvitationID+`","operationContext":"oc"}`)
	s.wantRefused(s.post(path+":cancelAddParticipant", body), 404, "8522", "invitationId", "no such invitation")
	s.wantRefused(s.post(path+":cancelAddParticipant", `{}`), 400, "8523", "invitationId", "is missing")
}

func TestVerbsOnParticipantsRefuseWhatIsWrong(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	path := root + "/" + string(connection)
	for _, verb := range []string{":hold", ":unhold", ":startContinuousDtmfRecognition", ":stopContinuousDtmfRecognition"} {
		s.refuses(path+verb, []wrong{
			invalid(`{}`, "targetParticipant.rawId", "is missing"),
			invalid(`{"targetParticipant":{"rawId":"4:+14255550123"},"operationCallbackUri":"x"}`, "operationCallbackUri", "invalid"),
		})
		s.wantRefused(s.post(path+verb, `{"targetParticipant":{"rawId":"`+bob+`"}}`), 404, "8522", "targetParticipant", "not in the call")
	}
	s.refuses(path+":hold", []wrong{
		invalid(`{"targetParticipant":{"rawId":"4:+14255550123"},"playSourceInfo":{"kind":"file"}}`, "playSourceInfo.file.uri", "is missing"),
	})
	s.refuses(path+":sendDtmfTones", []wrong{
		invalid(`{"targetParticipant":{"rawId":"4:+14255550123"}}`, "tones", "missing or empty"),
		invalid(`{"tones":["ten"],"targetParticipant":{"rawId":"4:+14255550123"}}`, "tones[0]", "not the name of a tone"),
		invalid(`{"tones":["one"]}`, "targetParticipant.rawId", "is missing"),
	})
	s.wantRefused(s.post(path+":sendDtmfTones", `{"tones":["one"],"targetParticipant":{"rawId":"`+bob+`"}}`), 404, "8522", "targetParticipant", "not in the call")
}

// An application has two calls, and takes the phone of one into the other.
func TestParticipantsAreMovedHere(t *testing.T) {
	s := stage(t)
	var mu sync.Mutex
	var held []call.Key
	s.Calls.Noted = func(what string, key call.Key) {
		mu.Lock()
		defer mu.Unlock()
		if what == "hold" {
			held = append(held, key)
		}
	}
	here, _ := s.connectedWith(alice)
	there, _ := s.connectedWith(phone)
	path := root + "/" + string(here) + "/participants:moveHere"
	body := func(who call.Address, from call.ConnectionID) string {
		return `{"targetParticipants":[{"rawId":"` + string(who) + `"}],"fromCall":"` + string(from) + `","operationContext":"oc"}`
	}
	var cmd call.MoveHere
	s.Calls.Saw = func(c call.Command) { cmd, _ = c.(call.MoveHere) }
	s.want(s.post(path, body(phone, there), repeat, sent), 202,
		`{"participants":[{"identifier":{"kind":"phoneNumber","rawId":"4:+14255550123","phoneNumber":{"value":"+14255550123"}},"isMuted":false,"isOnHold":false}],"operationContext":"oc","fromCall":"`+string(there)+`"}`)
	if cmd.Connection != here || cmd.From != there || cmd.Operation.Context != "oc" || !slices.Equal(cmd.Participants, []call.Address{phone}) {
		t.Errorf("commanded %+v", cmd)
	}
	// Nobody is told anything of either call before the answer is out.
	mu.Lock()
	if want := []call.Key{there.Key(), here.Key()}; !slices.Equal(held[max(0, len(held)-2):], want) {
		t.Errorf("held are %q", held)
	}
	mu.Unlock()
	s.wantRefused(s.post(path, body(phone, there)), 409, "8519", "targetParticipants", "in the call or invited already")
	s.wantRefused(s.post(path, body(bob, there)), 404, "8522", "targetParticipants", "is not in the call that fromCall names")
	s.wantRefused(s.post(path, body(bob, "not-a-call")), 404, "8522", "fromCall", "there is no such call")
	s.wantRefused(s.post(path, body(alice, here)), 400, "8523", "fromCall", "the same call")
	s.wantRefused(s.post(path, `{"fromCall":"`+string(there)+`"}`), 400, "8523", "targetParticipants", "is missing")
	s.wantRefused(s.post(path, `{"targetParticipants":[{"rawId":"`+phone+`"}]}`), 400, "8523", "fromCall", "is missing")
	s.wantRefused(s.post(strings.Replace(path, string(here), "not-a-call", 1), body(phone, there)), 404, "8522", "", "Call not found")
}

// By the time a request is repeated its participants have moved: it is answered as
// it was.
func TestAMoveIsRepeatedWhenItIsDone(t *testing.T) {
	s := stage(t)
	here, _ := s.connectedWith(alice)
	there, id := s.connectedWith(phone)
	path := root + "/" + string(here) + "/participants:moveHere"
	body := `{"targetParticipants":[{"rawId":"` + phone + `"}],"fromCall":"` + string(there) + `"}`
	first := s.post(path, body, repeat, sent)
	s.Calls.Signal(id, call.LegEnded{Leg: call.NewLegID(id, 1), Cause: call.Cause{Reason: call.EndedByParticipant}})
	s.want(s.post(path, body, repeat, sent), 202, first.Body)
	s.wantRefused(s.post(path, body), 404, "8522", "fromCall", "there is no such call")
}
