package ga_test

import (
	"strings"
	"testing"

	"strowger/internal/call"
)

// twoPeople is a call in which no application sits.
func (s scene) twoPeople(id call.ID) {
	s.t.Helper()
	s.Calls.Signal(id, call.LegArrived{Call: id, Leg: call.NewLegID(id, 1), From: alice, To: bob, Dial: true})
}

func (s scene) answered(id call.ID) {
	s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, 2)})
	s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, 1)})
}

func connectBody(locator string) string {
	return `{"callbackUri":"https://app.example/cb","operationContext":"oc","callLocator":` + locator + `}`
}

func TestConnectIsAnswered200WithItsProperties(t *testing.T) {
	s := stage(t)
	id := call.NewID([16]byte{9})
	s.twoPeople(id)
	s.answered(id)
	var cmd call.ConnectCall
	s.Calls.Saw = func(c call.Command) { cmd = c.(call.ConnectCall) }
	got := s.post(root+":connect", connectBody(`{"kind":"serverCallLocator","serverCallId":"`+id.ServerCallID()+`"}`))
	if got.Status != 200 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if cmd.Context != "oc" || cmd.App != (call.Application{CallbackURI: "https://app.example/cb", Version: "2026-03-12"}) {
		t.Errorf("the command is %+v", cmd)
	}
	shown := object(t, got.Body)
	for member, want := range map[string]any{
		"callConnectionState": "connecting", "serverCallId": id.ServerCallID(), "correlationId": string(id), "callbackUri": "https://app.example/cb",
	} {
		if shown[member] != want {
			t.Errorf("%s is %v, want %v", member, shown[member], want)
		}
	}
	connection := shown["callConnectionId"].(string)
	if state := object(t, s.get(root+"/"+connection).Body)["callConnectionState"]; state != "connected" {
		t.Errorf("the connection is %v", state)
	}
	if chain := got.Header.Get("X-Microsoft-Skype-Chain-ID"); chain != string(id) {
		t.Errorf("chain id %q", chain)
	}
}

func TestACallIsFoundByItsGroup(t *testing.T) {
	s := stage(t)
	const group = "29228D3E-040E-4656-A70E-890AB4E173E5"
	body := connectBody(`{"kind":"GroupCallLocator","groupCallId":"` + group + `"}`)
	s.wantRefused(s.post(root+":connect", body), 404, "8522", "", "Call not found.")
	key, ok := call.GroupKey(group)
	if !ok {
		t.Fatal("no key")
	}
	id, err := call.NewConnectionID(key, [8]byte{1}) // any GUID with that key
	if err != nil {
		t.Fatal(err)
	}
	s.twoPeople(call.ID(id))
	s.answered(call.ID(id))
	if got := s.post(root+":connect", body); got.Status != 200 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

func TestAServerCallIDAndAGroupStandForEachOther(t *testing.T) {
	s := stage(t)
	const group = "29228D3E-040E-4656-A70E-890AB4E173E5"
	key, _ := call.GroupKey(group)
	guid, err := call.NewConnectionID(key, [8]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	id := call.ID(guid)
	s.twoPeople(id)
	s.answered(id)
	for _, locator := range []string{
		`{"kind":"serverCallLocator","serverCallId":"` + group + `"}`,
		`{"kind":"groupCallLocator","groupCallId":"` + id.ServerCallID() + `"}`,
	} {
		if got := s.post(root+":connect", connectBody(locator)); got.Status != 200 || got.Header.Get("X-Microsoft-Skype-Chain-ID") != string(id) {
			t.Errorf("%s: %d %s", locator, got.Status, got.Body)
		}
		if got := s.post(recordPath, `{"callLocator":`+locator+`,"recordingFormatType":"wav"}`); got.Status != 200 && !strings.Contains(got.Body, "8553") {
			t.Errorf("%s: %d %s", locator, got.Status, got.Body)
		}
	}
}

func TestConnectRefusesWhatIsWrong(t *testing.T) {
	s := stage(t)
	id := call.NewID([16]byte{9})
	known := connectBody(`{"serverCallId":"` + id.ServerCallID() + `"}`)
	with := func(members string) string {
		return `{"callbackUri":"https://app.example/cb","callLocator":{"serverCallId":"` + id.ServerCallID() + `"},` + members + `}`
	}
	s.refuses(root+":connect", []wrong{
		invalid(`{}`, "callbackUri", "is missing"),
		invalid(`{"callbackUri":"http://8.8.8.8/cb"}`, "callbackUri", "the CallbackUri field is invalid"),
		invalid(`{"callbackUri":"https://app.example/cb"}`, "callLocator", "names no call"),
		invalid(connectBody(`{"kind":"meeting"}`), "callLocator.kind", `"meeting" is not one of`),
		invalid(connectBody(`{"kind":"serverCallLocator"}`), "callLocator.serverCallId", "is missing"),
		invalid(connectBody(`{"kind":"serverCallLocator","groupCallId":"x"}`), "callLocator.serverCallId", "is missing"),
		invalid(connectBody(`{"kind":"groupCallLocator"}`), "callLocator.groupCallId", "is missing"),
		invalid(connectBody(`{"groupCallId":"x"}`), "callLocator.groupCallId", `"x" is not a GUID`),
		{connectBody(`{"kind":"roomCallLocator","roomId":"r1"}`), 405, "8520", "callLocator.kind", "no rooms"},
		{connectBody(`{"serverCallId":"of another server"}`), 404, "8522", "", "Call not found."},
		{connectBody(`{"serverCallId":"aHR0cHM6Ly9jb252LnN0cm93Z2VyLmludmFsaWQvY29udi9h"}`), 404, "8522", "", "Call not found."},
	})
	// What the rules refuse: a call that is not there, not yet one, and over.
	s.wantRefused(s.post(root+":connect", known), 404, "8522", "", "Call not found.")
	s.twoPeople(id)
	s.wantRefused(s.post(root+":connect", known), 400, "8501", "", "not in Established state")
	s.answered(id)
	s.refuses(root+":connect", []wrong{
		{with(`"transcriptionOptions":{"transportType":"websocket","locale":"tlh-XX"}`), 405, "8522", "transcriptionOptions.locale", "no speech recognition of this server knows tlh-XX"},
	})
	s.Calls.Signal(id, call.LegEnded{Leg: call.NewLegID(id, 1)})
	s.wantRefused(s.post(root+":connect", known), 404, "8522", "", "Call not found.")
}

func TestACallTakesSoManyApplications(t *testing.T) {
	s := stage(t)
	id := call.NewID([16]byte{9})
	s.twoPeople(id)
	s.answered(id)
	body := connectBody(`{"serverCallId":"` + id.ServerCallID() + `"}`)
	for range 50 {
		if got := s.post(root+":connect", body); got.Status != 200 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
	s.wantRefused(s.post(root+":connect", body), 429, "8516", "", "50 applications")
}
