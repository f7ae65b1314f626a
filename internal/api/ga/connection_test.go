package ga_test

import (
	"fmt"
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

// The reference lists 34 operations.
func TestEveryPublishedOperationHasItsPlace(t *testing.T) {
	built := map[string]bool{}
	for _, op := range ga.Family(ga.Config{}).Operations {
		built[op.Name] = op.Serve != nil
	}
	if len(built) != 34 {
		t.Errorf("the table has %d operations", len(built))
	}
	for name, is := range built {
		if !is {
			t.Errorf("%s is not built", name)
		}
	}
}

// TestCapturedRequestsAreAnsweredWithThePublishedStatus sends what the official
// JavaScript client was seen sending, in a call with the one it speaks of.
func TestCapturedRequestsAreAnsweredWithThePublishedStatus(t *testing.T) {
	const number, user = "4:+16041234567", "8:acs:res_user"
	for name, c := range map[string]struct {
		with   call.Address
		path   string // below the connection
		status int
	}{
		"add-participant":          {user, "/participants:add", 202},
		"remove-participant":       {user, "/participants:remove", 202},
		"recognize-dtmf":           {number, ":recognize", 202},
		"recognize-prompts":        {"4:+14255550123", ":recognize", 202},
		"recognize-choices":        {number, ":recognize", 202},
		"transfer":                 {number, ":transferToParticipant", 202},
		"mute":                     {user, "/participants:mute", 200},
		"hold":                     {number, ":hold", 200},
		"unhold":                   {number, ":unhold", 200},
		"send-dtmf-tones":          {number, ":sendDtmfTones", 202},
		"continuous-dtmf-start":    {number, ":startContinuousDtmfRecognition", 200},
		"continuous-dtmf-stop":     {number, ":stopContinuousDtmfRecognition", 404}, // none runs
		"cancel-add-participant":   {number, "/participants:cancelAddParticipant", 404},
		"recognize-speech":         {number, ":recognize", 202},
		"recognize-speech-or-dtmf": {number, ":recognize", 202},
		"play":                     {user, ":play", 405},                // its second source is text
		"play-to-all":              {user, ":play", 400},                // what it calls SSML is none
		"start-media-streaming":    {user, ":startMediaStreaming", 405}, // it was not set up
		"stop-media-streaming":     {user, ":stopMediaStreaming", 405},
		"start-transcription":      {user, ":startTranscription", 405},
		"update-transcription":     {user, ":updateTranscription", 405},
		"stop-transcription":       {user, ":stopTranscription", 405},

		"recognize-speech-2025-08-15-preview":     {number, ":recognize", 405},
		"start-transcription-2025-08-15-preview":  {user, ":startTranscription", 405},
		"update-transcription-2025-08-15-preview": {user, ":updateTranscription", 405},
	} {
		t.Run(name, func(t *testing.T) {
			s := stage(t)
			connection, _ := s.connectedWith(c.with)
			if got := s.post(root+"/"+string(connection)+c.path, captured(t, name)); got.Status != c.status {
				t.Errorf("got %d %s, want %d", got.Status, got.Body, c.status)
			}
		})
	}
}

// TestACapturedCallIsRefusedForWhatItAsksBeside: the captured calls want more
// than there is here.
func TestACapturedCallIsRefusedForWhatItAsksBeside(t *testing.T) {
	s := stage(t)
	s.wantRefused(s.post(root, captured(t, "create-call-2025-08-15-preview")), 405, "8520", "transcriptionOptions.locales[1]", "")
	s.wantRefused(s.post(root, captured(t, "create-group-call")), 405, "8520", "teamsAppSource", "")
	s.wantRefused(s.post(root+":connect", captured(t, "connect")), 405, "8520", "callLocator.kind", "no rooms")
}

// TestACapturedCallIsSetUpAsItAsks: with a stream and a transcription.
func TestACapturedCallIsSetUpAsItAsks(t *testing.T) {
	s := stage(t)
	for _, name := range []string{"create-call", "create-call-2024-11-15-preview"} {
		got := s.post(root, captured(t, name))
		if got.Status != 201 {
			t.Fatalf("%s: %d %s", name, got.Status, got.Body)
		}
		read, ok := object(t, got.Body)["transcriptionSubscription"].(map[string]any)
		if !ok || read["locale"] != "en-US" || read["state"] != "inactive" || fmt.Sprint(read["subscribedResultTypes"]) != "[final intermediate]" || read["id"] == "" {
			t.Errorf("%s is set up with %v", name, read)
		}
	}
}

func captured(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "wire", "testdata", "ga", "requests", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
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
