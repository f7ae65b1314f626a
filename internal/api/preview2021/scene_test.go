package preview2021_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"strowger/internal/access"
	"strowger/internal/api/apitest"
	"strowger/internal/api/ga"
	"strowger/internal/api/preview2021"
	"strowger/internal/call"
	"strowger/internal/outbound"
)

const (
	alice = "8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01"
	bob   = "8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_aa0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c02"
	bot   = "8:acs:9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11_bb0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c03"
	phone = "4:+14255550123"
	ours  = "4:+14255550100"
	root  = "/calling/callConnections"
	group = "29228d3e-040e-4656-a70e-890ab4e173e5"

	june     = "2021-06-15-preview"
	august   = "2021-08-30-preview"
	november = "2021-11-15-preview"
	newest   = "2026-03-12" // of the general-availability family
)

var versions = []string{june, august, november}

// scene has the three versions, and the general-availability family, over the real
// rules. Requests are of the version.
type scene struct {
	*apitest.Server
	t       *testing.T
	sealer  *access.Sealer
	version string
}

func stage(t *testing.T, version string) scene {
	t.Helper()
	sealer, err := access.OpenSealer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	policy := outbound.NewPolicy([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	check := func(uri string) error {
		_, err := policy.CheckURL(uri, outbound.HTTP)
		return err
	}
	records := func(f call.RecordingFormat) error {
		if f == call.MP3 {
			return errors.New("install libmp3lame0")
		}
		return nil
	}
	config := preview2021.Config{Contexts: sealer, CheckRecording: records, CheckHTTP: check}
	later := ga.Family(ga.Config{Contexts: sealer, CheckRecording: records, CheckHTTP: check, CheckSocket: check,
		CheckSpeech: func(call.Speech) error { return nil }, Speaks: func() bool { return false }, Hears: func(string) bool { return false }})
	return scene{apitest.NewServer(t, later, preview2021.Core(config), preview2021.Extension(config)), t, sealer, version}
}

// everyVersion runs a test with each.
func everyVersion(t *testing.T, test func(*testing.T, scene)) {
	for _, v := range versions {
		t.Run(v, func(t *testing.T) { test(t, stage(t, v)) })
	}
}

func (s scene) as(version string) scene {
	s.version = version
	return s
}

func (s scene) send(method, path, body string) apitest.Answer {
	s.t.Helper()
	return s.Send(method, path+"?api-version="+s.version, body)
}

// do sends what has to succeed.
func (s scene) do(status int, method, path, body string) map[string]any {
	s.t.Helper()
	got := s.send(method, path, body)
	if got.Status != status {
		s.t.Fatalf("%s %s: %d %s", method, path, got.Status, got.Body)
	}
	if got.Body == "" {
		return nil
	}
	return object(s.t, got.Body)
}

func object(t *testing.T, body string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(body), &o); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return o
}

func creating(targets string) string {
	return `{"source":{"communicationUser":{"id":"` + bot + `"}},"targets":` + targets + `,"alternateCallerId":{"value":"+14255550100"},"callbackUri":"https://app.example/cb?k=1"}`
}

func user(id string) string { return `{"communicationUser":{"id":"` + id + `"}}` }

func number(e164 string) string { return `{"phoneNumber":{"value":"` + e164 + `"}}` }

// ringing is a call to the phone that is not answered yet.
func (s scene) ringing() (call.ConnectionID, call.ID) {
	s.t.Helper()
	made := s.do(201, "POST", root, creating(`[`+number("+14255550123")+`]`))
	id := s.lastCall()
	return call.ConnectionID(made["callConnectionId"].(string)), id
}

// lastCall is the call that was dialled from last.
func (s scene) lastCall() (id call.ID) {
	for _, e := range s.Calls.Effects() {
		if dial, ok := e.(call.Dial); ok {
			id = dial.Leg.Call()
		}
	}
	return id
}

// connected is a call that the phone has answered.
func (s scene) connected() (call.ConnectionID, call.ID) {
	s.t.Helper()
	connection, id := s.ringing()
	s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, 1)})
	return connection, id
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

// peers is a call between alice and bob in which no application sits.
func (s scene) peers() call.ID {
	id := call.NewID([16]byte{9})
	s.Calls.Signal(id, call.LegArrived{Call: id, Leg: call.NewLegID(id, 1), From: alice, To: bob, Dial: true})
	s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, 2)})
	s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, 1)})
	return id
}

func (s scene) wantRefused(got apitest.Answer, status int, code, target, message string) {
	s.t.Helper()
	gotCode, gotMessage, gotTarget := got.Error()
	if got.Status != status || gotCode != code || gotTarget != target || !strings.Contains(gotMessage, message) {
		s.t.Errorf("got %d %s, want %d with code %s for %q saying %q", got.Status, got.Body, status, code, target, message)
	}
}
