package ga_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"strowger/internal/access"
	"strowger/internal/api/apitest"
	"strowger/internal/api/ga"
	"strowger/internal/call"
	"strowger/internal/outbound"
	"strowger/internal/speech"
)

const (
	alice  = "8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01"
	bob    = "8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_aa0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c02"
	phone  = "4:+14255550123"
	ours   = "4:+14255550100"
	root   = "/calling/callConnections"
	repeat = "Repeatability-Request-ID: 1d9c55a4-97e8-4a0e-a2ca-84f37b7fb5d2"
	sent   = "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 GMT"
)

// scene is the GA family with the real rules behind it.
type scene struct {
	*apitest.Server
	t      *testing.T
	sealer *access.Sealer
}

// recordsWAV is a server on which nothing is installed to compress with.
func recordsWAV(f call.RecordingFormat) error {
	if f == call.WAV {
		return nil
	}
	return errors.New("install libmp3lame0")
}

// mute has no voice, as a server without any engine of speech.
var mute = ga.Config{CheckSpeech: checkSpeech, Speaks: func() bool { return false }, Hears: hears}

// speaking has a voice for English.
var speaking = ga.Config{CheckSpeech: checkSpeech, Speaks: func() bool { return true }, Hears: hears}

// hears: Klingon is not understood.
func hears(language string) bool { return language != "tlh-XX" }

// checkSpeech finds what a speaker would.
func checkSpeech(s call.Speech) error {
	if s.Language == "tlh-XX" {
		return &speech.UnspokenError{Language: s.Language}
	}
	_, err := speech.Parse(speech.Utterance{Text: s.Text, SSML: s.SSML})
	return err
}

func stage(t *testing.T) scene { return stageWith(t, mute) }

func stageWith(t *testing.T, c ga.Config) scene {
	t.Helper()
	sealer, err := access.OpenSealer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	policy := outbound.NewPolicy([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	check := func(s outbound.Schemes) func(string) error {
		return func(uri string) error {
			_, err := policy.CheckURL(uri, s)
			return err
		}
	}
	c.Contexts, c.CheckRecording, c.CheckHTTP, c.CheckSocket = sealer, recordsWAV, check(outbound.HTTP), check(outbound.WebSocket)
	family := ga.Family(c)
	return scene{Server: apitest.NewServer(t, family), t: t, sealer: sealer}
}

func (s scene) post(path, body string, headers ...string) apitest.Answer {
	s.t.Helper()
	return s.Send("POST", path+"?api-version=2026-03-12", body, headers...)
}

func (s scene) get(path string) apitest.Answer {
	s.t.Helper()
	return s.Send("GET", path+"?api-version=2026-03-12", "")
}

const createBody = `{"targets":[{"kind":"phoneNumber","rawId":"4:+14255550123","phoneNumber":{"value":"+14255550123","isAnonymous":false}}],` +
	`"sourceCallerIdNumber":{"value":"+14255550100"},"callbackUri":"https://app.example/cb?k=1","operationContext":"oc"}`

// ringing is a call to the phone that is not answered yet.
func (s scene) ringing() (call.ConnectionID, call.ID) { return s.created(createBody) }

// connected is a call that the phone has answered.
func (s scene) connected() (call.ConnectionID, call.ID) { return s.connectedWith(phone) }

// connectedWith is a call that somebody has answered.
func (s scene) connectedWith(a call.Address) (call.ConnectionID, call.ID) {
	s.t.Helper()
	connection, id := s.created(`{"targets":[{"rawId":"` + string(a) + `"}],"sourceCallerIdNumber":{"value":"+14255550100"},"callbackUri":"https://app.example/cb"}`)
	s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, 1)})
	return connection, id
}

func (s scene) created(body string) (call.ConnectionID, call.ID) {
	s.t.Helper()
	got := s.post(root, body)
	if got.Status != 201 {
		s.t.Fatalf("createCall: %d %s", got.Status, got.Body)
	}
	shown := object(s.t, got.Body)
	return call.ConnectionID(shown["callConnectionId"].(string)), call.ID(shown["correlationId"].(string))
}

// incoming is a call that waits for an application, and its context.
func (s scene) incoming() (call.ID, string) {
	s.t.Helper()
	id := call.NewID([16]byte{7})
	s.Calls.Signal(id, call.LegArrived{Call: id, Leg: call.NewLegID(id, 1), From: phone, To: ours, Publish: true})
	context, err := s.sealer.Seal(access.IncomingContext{CallID: string(id), IncomingID: 1, From: phone, To: ours})
	if err != nil {
		s.t.Fatal(err)
	}
	return id, context
}

func (s scene) want(got apitest.Answer, status int, body string) {
	s.t.Helper()
	if got.Status != status || got.Body != body {
		s.t.Errorf("got %d %s, want %d %s", got.Status, got.Body, status, body)
	}
}

func (s scene) wantRefused(got apitest.Answer, status int, code, field, says string) {
	s.t.Helper()
	gotCode, message, target := got.Error()
	if got.Status != status || gotCode != code || target != field || !strings.Contains(message, says) {
		s.t.Errorf("got %d %s, want %d with code %s for %q saying %q", got.Status, got.Body, status, code, field, says)
	}
}

func object(t *testing.T, body string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(body), &o); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return o
}

// wrong is a body that has to be refused.
type wrong struct {
	body   string
	status int
	code   string
	field  string
	says   string
}

// refuses posts each wrong body and holds that nothing came of it.
func (s scene) refuses(path string, bodies []wrong) {
	s.t.Helper()
	s.Calls.Saw = func(cmd call.Command) { s.t.Errorf("a wrong body became %T", cmd) }
	defer func() { s.Calls.Saw = nil }()
	for _, w := range bodies {
		got := s.post(path, w.body)
		code, message, target := got.Error()
		if got.Status != w.status || code != w.code || target != w.field || !strings.Contains(message, w.says) {
			s.t.Errorf("%.120s\n\tgot  %d %s\n\twant %d with code %s for %q saying %q", w.body, got.Status, got.Body, w.status, w.code, w.field, w.says)
		}
	}
}

func invalid(body, field, says string) wrong { return wrong{body, 400, "8523", field, says} }
