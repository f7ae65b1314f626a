package e2e

import (
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/phone"
)

func TestSomebodyIsTransferredAndTheTwoHearEachOther(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB})
	connection := w.connected(user(alice))
	oc := newContext("transfer")
	expect(t, w.api.Verb(connection, ":transferToParticipant", client.Object{"targetParticipant": user(bob), "operationContext": oc}), 202)
	b.AwaitRing()
	if state := w.api.Get(connection).Text("callConnectionState"); state != "transferring" {
		t.Errorf("while bob rings the connection is %s", state)
	}
	b.Answer()
	accepted := w.app.AwaitResult(oc, "CallTransferAccepted", "CallTransferFailed")
	expectResult(t, accepted, "CallTransferAccepted", "200/0")
	if to, who := accepted.Text("transferTarget", "rawId"), accepted.Text("transferee", "rawId"); to != bob.RawID() || who != alice.RawID() {
		t.Errorf("%s was transferred to %s", who, to)
	}
	expectResult(t, w.app.AwaitEvent(connection, "CallDisconnected"), "CallDisconnected", "200/7000")
	if r := w.api.Get(connection); r.Status != 404 {
		t.Errorf("the connection is read as %v", r)
	}
	a.AwaitHeard(toneOfB, time.Second)
	b.AwaitHeard(toneOfA, time.Second)
	b.HangUp()
	a.AwaitClosed(1)
}
