package ga_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"strowger/internal/api/ga"
	"strowger/internal/call"
)

func TestGetCallShowsTheConnectionAsItIs(t *testing.T) {
	s := stage(t)
	connection, id := s.connected()
	got := s.get(root + "/" + string(connection))
	shown := object(t, got.Body)
	if got.Status != 200 || shown["callConnectionState"] != "connected" || shown["serverCallId"] != id.ServerCallID() {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestHangUpAndTerminateAreAnswered204AndThenTheCallIsGone(t *testing.T) {
	for method, verb := range map[string]string{"DELETE": "", "POST": ":terminate"} {
		s := stage(t)
		connection, _ := s.connected()
		path := root + "/" + string(connection)
		s.want(s.Send(method, path+verb+"?api-version=2026-03-12", ""), 204, "")
		s.wantRefused(s.get(path), 404, "8522", "", "Call not found.")
		s.wantRefused(s.Send(method, path+verb+"?api-version=2026-03-12", ""), 404, "8522", "", "Call not found.")
	}
}

func TestTerminatingAgainWithTheSameIDIsAnsweredAsBefore(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	for range 2 {
		s.want(s.post(root+"/"+string(connection)+":terminate", "", repeat, sent), 204, "")
	}
}

func TestAConnectionThatIsNotThereIsNotFound(t *testing.T) {
	s := stage(t)
	known, _ := s.connected()
	neighbour, err := call.NewConnectionID(known.Key(), [8]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"cid", "cid%2Fwith%20space", "401f3500-fcd6-4c9d-9a9e-8f9a5a7c1e10", strings.ToUpper(string(known)), string(neighbour)} {
		path := root + "/" + id
		s.wantRefused(s.get(path), 404, "8522", "", "Call not found.")
		s.wantRefused(s.get(path+"/participants"), 404, "8522", "", "Call not found.")
		s.wantRefused(s.post(path+":terminate", ""), 404, "8522", "", "Call not found.")
		s.wantRefused(s.post(path+":cancelAllMediaOperations", ""), 404, "8522", "", "Call not found.")
		s.wantRefused(s.post(path+":play", playBody), 404, "8522", "", "Call not found.")
	}
}

// TestEveryPublishedOperationHasItsPlace lists the 34 operations of the
// reference again, by hand.
func TestEveryPublishedOperationHasItsPlace(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	c, r := root+"/"+string(connection), "/calling/recordings"
	built := map[string]bool{}
	for _, op := range ga.Family(ga.Options{}).Operations {
		built[op.Name] = op.Serve != nil
	}
	if len(built) != 34 {
		t.Errorf("the table has %d operations", len(built))
	}
	for _, path := range []string{
		root + ":connect", c + ":transferToParticipant", c + ":startContinuousDtmfRecognition", c + ":stopContinuousDtmfRecognition",
		c + ":sendDtmfTones", c + ":hold", c + ":unhold", c + ":startMediaStreaming", c + ":stopMediaStreaming",
		c + ":startTranscription", c + ":updateTranscription", c + ":stopTranscription", c + "/participants:mute",
		c + "/participants:cancelAddParticipant", c + "/participants:moveHere", r, r + "/rid:pause", r + "/rid:resume",
	} {
		s.wantRefused(s.post(path, `{}`), http.StatusMethodNotAllowed, "8520", "", "not built here yet")
	}
	s.wantRefused(s.get(r+"/rid"), http.StatusMethodNotAllowed, "8520", "", "getRecording")
	s.wantRefused(s.Send("DELETE", r+"/rid?api-version=2026-03-12", ""), http.StatusMethodNotAllowed, "8520", "", "stopRecording")
	count := 0
	for _, is := range built {
		if is {
			count++
		}
	}
	if count != 34-20 {
		t.Errorf("%d operations are built; those that are not are listed above", count)
	}
}

// TestCapturedRequestsAreAnsweredWithThePublishedStatus sends what the official
// JavaScript client was seen sending.
func TestCapturedRequestsAreAnsweredWithThePublishedStatus(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		status int
	}{
		"create-group-call":        {root, 405}, // on behalf of a Teams application
		"add-participant":          {"/participants:add", 202},
		"remove-participant":       {"/participants:remove", 202},
		"play":                     {":play", 405}, // its second source is text
		"play-to-all":              {":play", 405},
		"recognize-dtmf":           {":recognize", 202},
		"recognize-choices":        {":recognize", 405},
		"recognize-speech":         {":recognize", 405},
		"recognize-speech-or-dtmf": {":recognize", 405},
		"recognize-prompts":        {":recognize", 202},
		"create-call":              {root, 405}, // with media streaming and transcription
	} {
		t.Run(name, func(t *testing.T) {
			s := stage(t)
			connection, _ := s.connected()
			body, err := os.ReadFile(filepath.Join("..", "..", "wire", "testdata", "ga", "requests", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			path := c.path
			if !strings.HasPrefix(path, root) {
				path = root + "/" + string(connection) + path
			}
			if name == "add-participant" {
				body = []byte(strings.ReplaceAll(string(body), `"https://o"`, `"https://o.example"`))
			}
			// Captured calls were with other numbers than our scene.
			text := strings.ReplaceAll(string(body), "+16041234567", "+14255550123")
			if name == "add-participant" {
				text = string(body)
			}
			if name == "remove-participant" {
				text = strings.ReplaceAll(text, "8:acs:res_user", phone)
				text = strings.ReplaceAll(text, `"kind": "communicationUser",`, "")
				text = strings.ReplaceAll(text, `"communicationUser": {`, `"x": {`)
			}
			if got := s.post(path, text); got.Status != c.status {
				t.Errorf("got %d %s, want %d", got.Status, got.Body, c.status)
			}
		})
	}
}

func TestParticipantsAreListedAndGot(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	path := root + "/" + string(connection) + "/participants"
	const one = `{"identifier":{"kind":"phoneNumber","rawId":"4:+14255550123","phoneNumber":{"value":"+14255550123"}},"isMuted":false,"isOnHold":false}`
	s.want(s.get(path), 200, `{"value":[`+one+`]}`)
	s.want(s.get(path+"/"+url.PathEscape(phone)), 200, one)
	s.want(s.get(path+"/4%3A%2B14255550123"), 200, one)
	s.wantRefused(s.get(path+"/4%3A%2B19"), 404, "8522", "", "Participant not found.")
}

func TestARosterWithoutAnybodyIsAnEmptyList(t *testing.T) {
	s := stage(t)
	connection, _ := s.ringing()
	s.want(s.get(root+"/"+string(connection)+"/participants"), 200, `{"value":[]}`)
}
