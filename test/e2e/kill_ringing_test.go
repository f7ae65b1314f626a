package e2e

import (
	"strings"
	"testing"

	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/sipp"
)

// endsOnce waits for the end of a call that was never answered, which its
// application is told once.
func (w *world) endsOnce(connection string) {
	w.t.Helper()
	w.app.AwaitEvent(connection, "CallDisconnected")
	if types := w.app.Types(connection); strings.Count(types, "CreateCallFailed") != 1 || strings.Count(types, "CallDisconnected") != 1 {
		w.t.Errorf("told %s", types)
	}
}

func TestAPhoneThatRingsIsCancelledAfterAKillAndCanBeCalledAgain(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{})
	connection := w.create(user(alice))
	a.AwaitRing()
	w.Kill()
	w.Restart()
	a.AwaitClosed(1)
	w.endsOnce(connection)
	// It has not registered again: it is reached where it was before.
	w.create(user(alice))
	a.AwaitEvent("CALL_INCOMING", 2)
	if n := a.Count("REGISTER_OK"); n != 1 {
		t.Errorf("it has registered %d times", n)
	}
}

func TestAPhoneThatAnswersADeadServerIsHungUpAfterItsRestart(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	connection := w.create(user(alice))
	a.AwaitRing()
	w.Kill()
	a.Answer()
	a.AwaitSent("SIP/2.0 200")
	w.Restart()
	a.AwaitClosed(1)
	w.endsOnce(connection)
}

func TestANumberThatRingsIsCancelledAfterAKill(t *testing.T) {
	peer := sipp.Start(t, sipp.Config{Scenario: "rings"})
	w := start(t, server.Config{Trunks: []server.Trunk{trunkTo("+1777", peer.Address())}})
	connection := w.create(number("+17775550100"))
	peer.AwaitMessage("SIP/2.0 180 Ringing")
	w.Kill()
	w.Restart()
	peer.AwaitSuccess() // CANCEL, and the ACK of its 487
	w.endsOnce(connection)
}

func TestACallerWhoHasNotAcknowledgedIsHungUpAfterAKill(t *testing.T) {
	w := start(t, ourNumber)
	peer := w.callers("calls-and-never-acknowledges", 1, 1, sipp.Values{})
	incoming := w.app.AwaitIncoming("4:"+ours, 1)
	r := w.api.Answer(incoming.Text("incomingCallContext"), w.app.URL("/callback"))
	expect(t, r, 200)
	connection := r.Text("callConnectionId")
	peer.AwaitMessage("SIP/2.0 200 OK")
	w.Kill()
	w.Restart()
	peer.AwaitSuccess()
	w.app.AwaitEvent(connection, "CallDisconnected")
	if types := w.app.Types(connection); strings.Count(types, "AnswerFailed") != 1 || strings.Count(types, "CallDisconnected") != 1 {
		t.Errorf("told %s", types)
	}
}
