package sip_test

import (
	"testing"

	"strowger/internal/call"
	"strowger/internal/sip/siptest"
)

var newCall = call.NewID([16]byte{9, 8, 7})

// A leg moves: its far end notices nothing, and what happens on it is told of the
// leg of the new call.
func TestALegMovesToAnotherCall(t *testing.T) {
	r := start(t)
	c, answered := r.talking(alice, r.registered("alice", "wonder", "udp"))
	moved := call.NewLegID(newCall, 4)
	r.echo(answered.Leg)
	r.Perform(call.PressTones{Leg: answered.Leg, Operation: 3, Tones: []call.Tone("1234")})
	r.Perform(call.Readdress{Leg: moved, Was: answered.Leg})
	if sent := next[call.TonesSent](r); sent.Operation != 3 {
		t.Errorf("%+v", sent)
	}
	if _, ok := r.Media(answered.Leg); ok {
		t.Error("the old call still finds the leg")
	}
	if _, ok := r.Media(moved); !ok {
		t.Error("the new call does not find the leg")
	}
	c.Talk(440)
	c.AwaitTone(440)
	// The old call is late to hang it up; it is not its own any more.
	r.Perform(call.HangUp{Leg: answered.Leg, Dialog: &answered.Dialog, Reason: call.EndedByApplication})
	c.Press("5")
	if tone := next[call.ToneReceived](r); tone.Leg != moved || tone.Tone != '5' {
		t.Errorf("%+v", tone)
	}
	r.Perform(call.HangUp{Leg: moved, Reason: call.EndedByApplication})
	c.Await(siptest.Ended)
	if ended := next[call.LegEnded](r); ended.Leg != moved {
		t.Errorf("%s ended", ended.Leg)
	}
}

// What the old call was told last, the new one may not know.
func TestALegThatWasTakenOverSaysSoWhereItMoves(t *testing.T) {
	r := start(t)
	c, answered := r.talking(alice, r.registered("alice", "wonder", "udp"))
	d := r.instead(siptest.NewPhone(t, "udp", r.phones), "alice", "wonder", naming(c), nil)
	d.AwaitAnswer()
	c.Await(siptest.Ended)
	first := next[call.LegReplaced](r)
	moved := call.NewLegID(newCall, 4)
	r.Perform(call.Readdress{Leg: moved, Was: answered.Leg})
	if again := next[call.LegReplaced](r); again.Leg != moved || again.Dialog.CallID != first.Dialog.CallID {
		t.Errorf("%+v", again)
	}
	d.HangUp()
	next[call.LegEnded](r)
}

// It ended on its way: the old call was told, and the new one is too.
func TestALegThatEndsAsItMovesEndsInBothCalls(t *testing.T) {
	r := start(t)
	c, answered := r.talking(alice, r.registered("alice", "wonder", "udp"))
	c.HangUp()
	next[call.LegEnded](r)
	moved := call.NewLegID(newCall, 4)
	r.Perform(call.Readdress{Leg: moved, Was: answered.Leg})
	if ended := next[call.LegEnded](r); ended.Leg != moved || ended.Cause.Reason != call.EndedByParticipant {
		t.Errorf("%+v", ended)
	}
}
