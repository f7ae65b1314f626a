package sipp

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The scenarios are proven on each other before they prove a server.
func TestScenariosFitEachOther(t *testing.T) {
	for name, pair := range map[string]struct{ callee, caller Config }{
		"an answered call": {
			callee: Config{Scenario: "answers", Calls: 20},
			caller: Config{Scenario: "calls", Calls: 20, Values: Values{From: "+15550001", TalkMilliseconds: 50}},
		},
		"an answered call over TCP": {
			callee: Config{Scenario: "answers", TCP: true},
			caller: Config{Scenario: "calls", TCP: true, Values: Values{From: "+15550001", TalkMilliseconds: 50}},
		},
		"a busy line": {
			callee: Config{Scenario: "refuses", Values: Values{Status: "486 Busy Here"}},
			caller: Config{Scenario: "calls-and-is-refused", Values: Values{From: "+15550001", Status: "486"}},
		},
		"a caller who gives up": {
			callee: Config{Scenario: "rings"},
			caller: Config{Scenario: "gives-up", Values: Values{From: "+15550001", RingMilliseconds: 100}},
		},
		"a caller who gives up at once": {
			callee: Config{Scenario: "rings", Calls: 5},
			caller: Config{Scenario: "gives-up-at-once", Calls: 5, Values: Values{From: "+15550001"}},
		},
		"a caller who gives up too late": {
			callee: Config{Scenario: "answers-as-the-caller-cancels"},
			caller: Config{Scenario: "gives-up-at-once", Values: Values{From: "+15550001"}},
		},
		"a callee who hangs up": {
			callee: Config{Scenario: "hangs-up", Values: Values{TalkMilliseconds: 50}},
			caller: Config{Scenario: "calls-until-hung-up", Values: Values{From: "+15550001"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			callee := Start(t, pair.callee)
			pair.caller.Server, pair.caller.Number = callee.Address(), "+15550100"
			Start(t, pair.caller).AwaitSuccess()
			callee.AwaitSuccess()
		})
	}
}

func TestEveryScenarioCanBeFilledIn(t *testing.T) {
	entries, err := files.ReadDir("scenarios")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()[:len(entry.Name())-len(".xml")]
		if _, err := render(Config{Scenario: name}); name != "parts" && err != nil {
			t.Error(err)
		}
	}
}
