package ga_test

import (
	"encoding/json"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	webhookga "strowger/internal/webhook/ga"
)

const detecting = "X-Strowger-Answering-Machine-Detection"

func TestAMachineIsLookedForWhenTheHeaderAsks(t *testing.T) {
	s := stage(t)
	connection, _ := s.connectedWith(alice)
	add := root + "/" + string(connection) + "/participants:add"
	for header, want := range map[string]bool{"Other: true": false, detecting + ": true": true, detecting + ": True": true, detecting + ": false": false} {
		var create, invite bool
		s.Calls.Saw = func(cmd call.Command) {
			switch cmd := cmd.(type) {
			case call.CreateCall:
				create = cmd.Detect
			case call.AddParticipant:
				invite = cmd.Detect
			}
		}
		created := s.post(root, createBody, header)
		added := s.post(add, `{"participantToAdd":{"rawId":"`+bob+`"}}`, header)
		if created.Status != 201 || create != want || invite != want {
			t.Errorf("%s: createCall looks for a machine: %v, addParticipant: %v (%d %d)", header, create, invite, created.Status, added.Status)
		}
	}
}

func TestADetectionThatIsNeitherOnNorOffIsRefused(t *testing.T) {
	s := stage(t)
	connection, _ := s.connectedWith(alice)
	s.Calls.Saw = func(cmd call.Command) { t.Errorf("it became %T", cmd) }
	for path, body := range map[string]string{root: createBody, root + "/" + string(connection) + "/participants:add": `{"participantToAdd":{"rawId":"` + bob + `"}}`} {
		s.wantRefused(s.post(path, body, detecting+": yes"), 400, "8523", detecting, `"yes" is neither true nor false`)
	}
}

// Who has answered is told at the callback URI of createCall, with its context.
func TestWhoHasAnsweredIsToldToWhoAsked(t *testing.T) {
	s := stage(t)
	got := s.post(root, createBody, detecting+": true")
	if got.Status != 201 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	id := call.ID(object(t, got.Body)["correlationId"].(string))
	leg := call.NewLegID(id, 1)
	for _, sig := range []call.Signal{
		call.LegAnswered{Leg: leg}, call.AnswererHeard{Leg: leg, Answerer: call.AnsweredByMachine, Confidence: 0.95}, call.GreetingHeard{Leg: leg, End: call.EndedBySilence},
	} {
		s.Calls.Signal(id, sig)
	}
	told := map[string]string{}
	for _, e := range s.Calls.Events() {
		m, ok, err := webhookga.Render(journal.Record{Call: id, Step: 1, Time: time.Unix(0, 0), Events: []call.Event{e}}, 0)
		if err != nil || !ok {
			continue // of Event Grid
		}
		var events []struct {
			Data struct{ OperationContext, Result, Ending string }
		}
		if err := json.Unmarshal(m.Body, &events); err != nil {
			t.Fatal(err)
		}
		data := events[0].Data
		told[m.Type] = e.(call.ForRecipient).To().CallbackURI + " " + data.OperationContext + " " + data.Result + data.Ending
	}
	for kind, want := range map[string]string{
		"Strowger.AnsweringMachineDetected": "https://app.example/cb?k=1 oc machine",
		"Strowger.MachineGreetingEnded":     "https://app.example/cb?k=1 oc silence",
	} {
		if told[kind] != want {
			t.Errorf("%s says %q, want %q", kind, told[kind], want)
		}
	}
}

// A request that is repeated asks for the same thing, and what a header asks for is part
// of that.
func TestARepetitionWithAnotherDetectionIsAnotherRequest(t *testing.T) {
	s := stage(t)
	repeat := []string{"Repeatability-Request-ID: 1d9c55a4-97e8-4a0e-a2ca-84f37b7fb5d2", "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 GMT"}
	first := s.post(root, createBody, append(repeat, detecting+": true")...)
	if again := s.post(root, createBody, append(repeat, detecting+": true")...); first.Status != 201 || again.Body != first.Body {
		t.Errorf("first %d %s, again %d %s", first.Status, first.Body, again.Status, again.Body)
	}
	s.wantRefused(s.post(root, createBody, repeat...), 400, "8523", "Repeatability-Request-ID", "another request")
}
