package call_test

import (
	"errors"
	"fmt"
	"testing"

	"strowger/internal/call"
	"strowger/internal/call/calltest"
)

// mostParticipants is how many a call takes.
const mostParticipants = 1000

func numbers(n int) []call.Address {
	all := make([]call.Address, n)
	for i := range all {
		all[i] = call.Address(fmt.Sprintf("4:+1425555%04d", i))
	}
	return all
}

func TestACallIsCreatedForAsManyAsItTakes(t *testing.T) {
	create := call.CreateCall{Call: calltest.Call, Connection: calltest.Connection("c1"), Targets: numbers(mostParticipants + 1)}
	c := call.New(calltest.Call)
	var refusal *call.Error
	if _, err := c.Step(calltest.Start, create); !errors.As(err, &refusal) || refusal.Kind != call.Invalid || refusal.Part != call.PartTargets {
		t.Fatalf("one too many: %v", err)
	}
	create.Targets = numbers(mostParticipants)
	if _, err := c.Step(calltest.Start, create); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Step(calltest.Start, call.LegAnswered{Leg: call.NewLegID(calltest.Call, 1)}); err != nil {
		t.Fatal(err)
	}
	add := call.AddParticipant{Connection: create.Connection, Participant: "4:+15550100"}
	if _, err := c.Step(calltest.Start, add); !errors.As(err, &refusal) || refusal.Kind != call.TooBusy {
		t.Fatalf("another is added: %v", err)
	}
	if _, err := c.Step(calltest.Start, call.LegEnded{Leg: call.NewLegID(calltest.Call, 2)}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Step(calltest.Start, add); err != nil {
		t.Fatalf("in place of one who left: %v", err)
	}
}

func TestARecognitionEndsWithTheMostTonesThatOneTakes(t *testing.T) {
	c := call.New(calltest.Call)
	leg := call.NewLegID(calltest.Call, 1)
	step := func(in call.Input) call.Output {
		out, err := c.Step(calltest.Start, in)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	step(call.CreateCall{Call: calltest.Call, Connection: calltest.Connection("c1"), Targets: numbers(1)})
	step(call.LegAnswered{Leg: leg})
	step(call.Recognize{Connection: calltest.Connection("c1"), Participant: numbers(1)[0]})
	for range call.TonesMost - 1 {
		if out := step(call.ToneReceived{Leg: leg, Tone: '1'}); len(out.Events) > 0 {
			t.Fatalf("too early: %v", out.Events)
		}
	}
	out := step(call.ToneReceived{Leg: leg, Tone: '1'})
	if done, ok := out.Events[0].(call.RecognizeCompleted); !ok || len(done.Tones) != call.TonesMost || done.Cause.Reason != call.MaxTones {
		t.Errorf("got %v", out.Events)
	}
}

func TestACallTakesSoManyAudioGroups(t *testing.T) {
	c := call.New(calltest.Call)
	step := func(in call.Input) error {
		_, err := c.Step(calltest.Start, in)
		return err
	}
	create := func(n int) call.CreateAudioGroup {
		return call.CreateAudioGroup{Connection: calltest.Connection("c1"), Group: call.AudioGroupID(fmt.Sprint(n)), Mode: call.Multicast, Targets: numbers(1)}
	}
	in := []call.Input{call.CreateCall{Call: calltest.Call, Connection: calltest.Connection("c1"), Targets: numbers(1)}, call.LegAnswered{Leg: call.NewLegID(calltest.Call, 1)}}
	for n := range 16 {
		in = append(in, create(n))
	}
	for _, in := range in {
		if err := step(in); err != nil {
			t.Fatal(err)
		}
	}
	var refusal *call.Error
	if err := step(create(16)); !errors.As(err, &refusal) || refusal.Kind != call.TooBusy {
		t.Fatalf("one too many: %v", err)
	}
	if mode, targets, ok := c.State().AudioGroup(calltest.Connection("c1"), "15"); !ok || mode != call.Multicast || len(targets) != 1 || targets[0] != numbers(1)[0] {
		t.Errorf("group 15 is %v of %v", mode, targets)
	}
	if err := step(call.DeleteAudioGroup{Connection: calltest.Connection("c1"), Group: "3"}); err != nil {
		t.Fatal(err)
	}
	if err := step(create(16)); err != nil {
		t.Fatalf("in place of one that was deleted: %v", err)
	}
}
