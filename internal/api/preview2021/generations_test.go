package preview2021_test

import (
	"strings"
	"testing"

	"strowger/internal/call"
)

// A call is one, whichever generation it was made through: each application sees and
// commands it in its own words, and is told in the words of the version it came with.
func TestEitherGenerationCommandsTheCallsOfTheOther(t *testing.T) {
	everyVersion(t, func(t *testing.T, s scene) {
		connection, id := s.connected()
		path, later := root+"/"+string(connection), s.as(newest)
		if shown := later.do(200, "GET", path, ""); shown["serverCallId"] != id.ServerCallID() || shown["callConnectionState"] != "connected" {
			t.Errorf("GA sees %v", shown)
		}
		if got := later.send("GET", path+"/participants", ""); got.Status != 200 || !strings.Contains(got.Body, phone) {
			t.Errorf("GA lists %d %s", got.Status, got.Body)
		}
		later.do(202, "POST", path+":play", `{"playSources":[{"kind":"file","file":{"uri":"https://app.example/a.wav"}}]}`)
		seat := later.do(200, "POST", root+":connect", `{"callLocator":{"kind":"serverCallLocator","serverCallId":"`+id.ServerCallID()+`"},"callbackUri":"https://later.example/cb"}`)
		s.wantTold(map[string]string{"https://app.example/cb?k=1": s.version, "https://later.example/cb": newest})

		theirs := root + "/" + seat["callConnectionId"].(string)
		s.do(202, "POST", theirs+"/:playAudio", `{"audioFileUri":"https://app.example/b.wav","loop":false}`)
		s.do(202, "POST", theirs+"/:hangup", "")
		later.do(204, "DELETE", path, "")
		s.wantRefused(s.send("POST", path+"/:hangup", ""), 404, "8522", "", "Call not found.")
	})
}

func TestARecordingIsCommandedThroughEitherGeneration(t *testing.T) {
	s := stage(t, august)
	_, id := s.connected()
	recorded := s.do(200, "POST", "/calling/serverCalls/"+id.ServerCallID()+"/recordings", `{}`)
	path := "/calling/recordings/" + recorded["recordingId"].(string)
	later, november := s.as(newest), s.as(november)
	if shown := later.do(200, "GET", path, ""); shown["recordingState"] != "active" {
		t.Errorf("GA sees %v", shown)
	}
	later.do(202, "POST", path+":pause", "")
	if shown := november.do(200, "GET", path, ""); shown["recordingState"] != "inactive" {
		t.Errorf("paused by GA, it is %v", shown)
	}
	november.do(200, "DELETE", path, "")
	s.wantRefused(later.send("GET", path, ""), 404, "8522", "", "Recording not found.")
}

// wantTold holds that all events so far are of the version that belongs to where they go.
func (s scene) wantTold(versions map[string]string) {
	s.t.Helper()
	told := map[string]bool{}
	for _, e := range s.Calls.Events() {
		if e, ok := e.(call.ForRecipient); ok {
			to := e.To()
			told[to.CallbackURI] = true
			if to.Version != versions[to.CallbackURI] {
				s.t.Errorf("%T goes to %s in version %q", e, to.CallbackURI, to.Version)
			}
		}
	}
	if len(told) != len(versions) {
		s.t.Errorf("told were %v", told)
	}
}
