package ga_test

import (
	"fmt"
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
			"interruptPrompt":false,"initialSilenceTimeoutInSeconds":0,"targetParticipant":{"rawId":"4:+14255550123"},"choices":[{"label":"yes","phrases":["yes"],"tone":"one"}]}}`,
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
