package preview2021_test

import (
	"testing"

	"strowger/internal/call"
)

// commanded sends a request and gives the command that it has become.
func (s scene) commanded(status int, method, path, body string) (cmd call.Command, answer string) {
	s.t.Helper()
	s.Calls.Saw = func(c call.Command) { cmd = c }
	defer func() { s.Calls.Saw = nil }()
	got := s.send(method, path, body)
	if got.Status != status {
		s.t.Fatalf("%s %s: got %d %s, want %d", method, path, got.Status, got.Body, status)
	}
	return cmd, got.Body
}

func TestCreateCallIsAnsweredWithItsConnectionAlone(t *testing.T) {
	everyVersion(t, func(t *testing.T, s scene) {
		cmd, answer := s.commanded(201, "POST", root, creating(`[`+user(alice)+`,`+number("+14255550123")+`]`))
		made := object(t, answer)
		create := cmd.(call.CreateCall)
		if len(made) != 1 || made["callConnectionId"] != string(create.Connection) {
			t.Errorf("the answer is %s", answer)
		}
		if create.Source != bot || create.CallerID != ours || len(create.Targets) != 2 || create.Targets[0] != alice || create.Targets[1] != phone {
			t.Errorf("the command is %+v", create)
		}
		want := call.Application{CallbackURI: "https://app.example/cb?k=1", Version: s.version, Hears: call.Hears{States: true, NoRoster: true, Seats: true}}
		if create.App != want {
			t.Errorf("the application is %+v", create.App)
		}
	})
}

func TestAnApplicationHearsWhatItAsksFor(t *testing.T) {
	everyVersion(t, func(t *testing.T, s scene) {
		tones := map[string]string{june: "dtmfReceived", august: "dtmfReceived", november: "toneReceived"}[s.version]
		body := creating(`[` + user(alice) + `]`)
		cmd, _ := s.commanded(201, "POST", root, body[:len(body)-1]+`,"subject":"Order 7","requestedMediaTypes":["audio","Video"],"requestedCallEvents":["participantsUpdated","`+tones+`"]}`)
		create := cmd.(call.CreateCall)
		if create.App.Hears != (call.Hears{States: true, Tones: true, Seats: true}) || create.Subject != "Order 7" || len(create.MediaTypes) != 2 {
			t.Errorf("the command is %+v", create)
		}
	})
}

func TestGetCallShowsWhatTheCallWasMadeWith(t *testing.T) {
	s := stage(t, november)
	body := creating(`[` + number("+14255550123") + `]`)
	made := s.do(201, "POST", root, body[:len(body)-1]+`,"subject":"Order 7","requestedMediaTypes":["audio"],"requestedCallEvents":["toneReceived"]}`)
	id := made["callConnectionId"].(string)
	before := `{"callConnectionId":"` + id + `","source":{"rawId":"` + bot + `","communicationUser":{"id":"` + bot + `"}},"alternateCallerId":{"value":"+14255550100"},` +
		`"targets":[{"rawId":"4:+14255550123","phoneNumber":{"value":"+14255550123"}}],"callConnectionState":"connecting","subject":"Order 7",` +
		`"callbackUri":"https://app.example/cb?k=1","requestedMediaTypes":["audio"],"requestedCallEvents":["toneReceived"]}`
	if got := s.send("GET", root+"/"+id, ""); got.Status != 200 || got.Body != before {
		t.Errorf("got %d %s\nwant %s", got.Status, got.Body, before)
	}
	key := s.lastCall()
	s.Calls.Signal(key, call.LegAnswered{Leg: call.NewLegID(key, 1)})
	shown := s.do(200, "GET", root+"/"+id, "")
	locator, _ := shown["callLocator"].(map[string]any)
	if shown["callConnectionState"] != "connected" || locator["kind"] != "serverCallLocator" || locator["serverCallId"] != key.ServerCallID() {
		t.Errorf("connected, it is %v", shown)
	}
}

func TestAConnectionIsLeftAndThenIsNotFound(t *testing.T) {
	everyVersion(t, func(t *testing.T, s scene) {
		connection, _ := s.connected()
		path := root + "/" + string(connection)
		if _, answer := s.commanded(202, "POST", path+"/%3Ahangup", ""); answer != "" {
			t.Errorf("the answer is %s", answer)
		}
		s.wantRefused(s.send("POST", path+"/:hangup", ""), 404, "8522", "", "Call not found.")
		s.wantRefused(s.send("POST", path+"/:playAudio", `{"audioFileUri":"https://app.example/a.wav","loop":false}`), 404, "8522", "", "Call not found.")
	})
}

func TestDeleteEndsTheCallForEveryone(t *testing.T) {
	s := stage(t, november)
	connection, _ := s.connected()
	cmd, _ := s.commanded(202, "DELETE", root+"/"+string(connection), "")
	if _, ends := cmd.(call.TerminateCall); !ends {
		t.Errorf("the command is %#v", cmd)
	}
}

func TestAConnectionIsKeptAliveWhileItIsThere(t *testing.T) {
	s := stage(t, november)
	connection, _ := s.ringing()
	path := root + "/" + string(connection)
	if got := s.send("POST", path+"/:keepAlive", ""); got.Status != 200 || got.Body != "" {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	s.do(202, "DELETE", path, "")
	s.wantRefused(s.send("POST", path+"/:keepAlive", ""), 404, "8522", "", "Call not found.")
}

func TestWhatNeedsAnEstablishedCallSaysSo(t *testing.T) {
	everyVersion(t, func(t *testing.T, s scene) {
		connection, id := s.ringing()
		play := `{"audioFileUri":"https://app.example/a.wav","loop":true,"callLocator":{"kind":"serverCallLocator","serverCallId":"` + id.ServerCallID() + `"}}`
		const sentence = "Action is invalid when call is not in Established state"
		got := s.send("POST", root+"/"+string(connection)+"/:playAudio", play)
		if _, message, _ := got.Error(); got.Status != 400 || message != sentence {
			t.Errorf("got %d %s", got.Status, got.Body)
		}
		out := "/calling/serverCalls/" + id.ServerCallID() + "/:playAudio"
		if s.version == november {
			out = "/calling:playAudio"
		}
		s.wantRefused(s.send("POST", out, play), 400, "8501", "", sentence)
	})
}
