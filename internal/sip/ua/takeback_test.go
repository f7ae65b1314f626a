package ua

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// rung is a call that an earlier process placed and whose far end rings.
func rung(w *world, changes ...func(*Outgoing)) (Outgoing, *sip.Request) {
	w.t.Helper()
	out := w.outgoing()
	out.CallID = w.ua.CallID("leg 1", "bob")
	for _, change := range changes {
		change(&out)
	}
	w.ua.Invite(out, newEars())
	invite := w.far.request("INVITE")
	w.far.respond(invite, 180)
	w.pass(0)
	return out, invite
}

// sameTransaction compares what RFC 3261 9.1 and 9.2 want to be the same.
func sameTransaction(t *testing.T, cancel, invite *sip.Request) {
	t.Helper()
	if cancel.Via().Value() != invite.Via().Value() || cancel.Recipient.String() != invite.Recipient.String() ||
		cancel.CallID().Value() != invite.CallID().Value() || cancel.From().Value() != invite.From().Value() ||
		cancel.To().Value() != invite.To().Value() || cancel.CSeq().SeqNo != invite.CSeq().SeqNo {
		t.Errorf("the CANCEL is of another transaction:\n%s\n%s", cancel, invite)
	}
}

func TestACallThatAnEarlierProcessPlacedIsCancelled(t *testing.T) {
	inWorld(t, func(w *world) {
		out, invite := rung(w)
		w.again()
		out.SDP = []byte("v=0 another") // of this process: it matters to nobody
		w.ua.TakeBack(out, Reason{Q850: 31})
		cancel := w.far.request("CANCEL")
		sameTransaction(t, cancel, invite)
		if got := cancel.GetHeader("Reason"); got == nil {
			t.Error("no reason is given")
		}
		w.far.respond(cancel, 200)
		w.far.respond(invite, 487)
		if ack := w.far.request("ACK"); ack.Via().Value() != invite.Via().Value() {
			t.Errorf("RFC 3261 17.1.1.3: the ACK is of another transaction:\n%s", ack)
		}
		w.pass(5 * time.Minute)
		w.far.silence()
		w.empty()
	})
}

func TestAnAnswerThatCrossesItIsAcknowledgedAndEnded(t *testing.T) {
	inWorld(t, func(w *world) {
		out, invite := rung(w)
		w.again()
		w.ua.TakeBack(out, Reason{})
		w.far.respond(w.far.request("CANCEL"), 200)
		w.far.respond(invite, 200)
		if ack := w.far.request("ACK"); ack.CSeq().SeqNo != invite.CSeq().SeqNo || tagOf(ack.To().Params) != "far" {
			t.Errorf("acknowledged is\n%s", ack)
		}
		w.far.respond(w.far.request("BYE"), 200)
		w.far.respond(invite, 200) // our ACK was lost
		w.far.request("ACK")
		w.pass(5 * time.Minute)
		w.far.silence()
		w.empty()
	})
}

func TestEveryTryOfAChallengedCallIsCancelled(t *testing.T) {
	inWorld(t, func(w *world) {
		credentials := func(out *Outgoing) { out.Credentials = Credentials{"us", "secret"} }
		out := w.outgoing()
		out.CallID = w.ua.CallID("leg 1", "bob")
		credentials(&out)
		w.ua.Invite(out, newEars())
		first := w.far.request("INVITE")
		w.far.respond(first, 401, withHeader("WWW-Authenticate", `Digest realm="r", nonce="n", algorithm=MD5, qop="auth"`))
		w.far.request("ACK")
		second := w.far.request("INVITE")
		w.far.respond(second, 180)
		w.again()
		w.ua.TakeBack(out, Reason{})
		found := false
		for range mostTries {
			cancel := w.far.request("CANCEL")
			w.far.respond(cancel, 481)
			if cancel.CSeq().SeqNo == second.CSeq().SeqNo {
				found = true
				sameTransaction(t, cancel, second)
			}
		}
		if !found {
			t.Error("the INVITE that rings is not cancelled")
		}
		w.pass(5 * time.Minute)
		w.far.silence()
	})
}

// The process was down while the phone was answered, and nobody has told the next
// one of it yet.
func TestAnAnswerToACallOfAnEarlierProcessIsAcknowledgedAndEnded(t *testing.T) {
	inWorld(t, func(w *world) {
		_, invite := rung(w)
		w.again()
		w.far.respond(invite, 200)
		if ack := w.far.request("ACK"); ack.Recipient.String() != "sip:bob@10.0.0.2:5060" || ack.CSeq().SeqNo != invite.CSeq().SeqNo {
			t.Errorf("acknowledged is\n%s", ack)
		}
		bye := w.far.request("BYE")
		if bye.CSeq().SeqNo <= invite.CSeq().SeqNo || tagOf(bye.To().Params) != "far" {
			t.Errorf("ended is\n%s", bye)
		}
		w.far.respond(bye, 200)
		w.pass(5 * time.Minute)
		w.far.silence()
		w.empty()
	})
}

func TestAnAnswerToACallThatNobodyOfUsPlacedIsLeftAlone(t *testing.T) {
	inWorld(t, func(w *world) {
		_, invite := rung(w)
		w.again()
		invite.From().Params.Remove("tag")
		invite.From().Params.Add("tag", "guessed")
		w.far.respond(invite, 200)
		w.far.silence()
	})
}

func TestAnswersToNobodyAreEndedAtABoundedRate(t *testing.T) {
	inWorld(t, func(w *world) {
		_, invite := rung(w)
		w.again()
		for range 2 * strayBurst {
			w.far.respond(invite, 200)
			w.pass(0)
			if n := w.far.drain("ACK"); n > 1 {
				t.Fatalf("%d ACKs for one answer", n)
			}
		}
		w.far.respond(invite, 200)
		w.far.silence()
	})
}

func TestALaterProcessKnowsOnlyItsOwnInstallationsCalls(t *testing.T) {
	names := map[string]bool{}
	for range 2 { // the second time it is a later process
		for _, secret := range []string{"of the installation", "of another"} {
			u, err := New(Config{Secret: []byte(secret)})
			if err != nil {
				t.Fatal(err)
			}
			for _, words := range [][]string{{"leg 1", "bob"}, {"leg 1b", "ob"}, {"leg 1", "alice"}} {
				names[u.CallID(words...)] = true
			}
		}
	}
	if len(names) != 6 {
		t.Errorf("%d names for 6 calls", len(names))
	}
}
