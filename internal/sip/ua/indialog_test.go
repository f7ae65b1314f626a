package ua

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

func TestByesThatCrossEndTheCallOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.answered()
		s.Hangup(Reason{})
		bye := w.far.request("BYE")
		w.far.send(w.far.asCallee(invite, "BYE", 1))
		w.far.response(200)
		w.far.respond(bye, 200)
		o.want(t, "ended by local 0")
		o.nothing(t)
		w.empty()
	})
}

func TestAnUnansweredByeIsTheEndAllTheSame(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.answered()
		s.Hangup(Reason{})
		o.want(t, "ended by local 0")
		w.pass(33 * time.Second)
		if n := w.far.drain("BYE"); n != 11 { // RFC 3261 17.1.2.1: 0, 0.5, 1.5, 3.5, 7.5, 11.5 ... 31.5
			t.Errorf("%d BYEs", n)
		}
		w.empty()
	})
}

func TestHangUpTwiceIsOneBye(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.answered()
		s.Hangup(Reason{})
		s.Hangup(Reason{})
		w.far.respond(w.far.request("BYE"), 200)
		o.want(t, "ended by local 0")
		w.far.silence()
		o.nothing(t)
	})
}

func TestAFarOfferIsAnsweredAndItsTargetTaken(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.answered()
		w.far.send(w.far.asCallee(invite, "INVITE", 1, withBody("v=0 hold"), func(m sip.Message) {
			m.(*sip.Request).Contact().Address.User = "moved"
		}))
		o.want(t, "offer v=0 hold")
		o.offer.Answer([]byte("v=0 held"))
		o.offer.Refuse(Refusal{Code: 488}) // too late, and harmless
		ok := w.far.response(200)
		if string(ok.Body()) != "v=0 held" || ok.Contact() == nil {
			t.Errorf("strange answer:\n%s", ok)
		}
		w.far.response(200) // repeated until the ACK
		w.far.send(w.far.asCallee(invite, "ACK", 1))
		synctest.Wait()
		s.Hangup(Reason{})
		if bye := w.far.request("BYE"); bye.Recipient.User != "moved" {
			t.Errorf("the BYE goes to %s", bye.Recipient.String())
		}
	})
}

func TestADeclinedOfferLeavesTheCallAsItWas(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.answered()
		w.far.send(w.far.asCallee(invite, "INVITE", 1, withBody("v=0 video")))
		o.want(t, "offer v=0 video")
		o.offer.Refuse(Refusal{})
		w.far.response(488)
		s.Hangup(Reason{})
		o.want(t, "ended by local 0")
	})
}

func TestAReinviteThatNobodyAcknowledgesEndsTheCall(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.answered()
		w.far.send(w.far.asCallee(invite, "INVITE", 1, withBody("v=0 hold")))
		o.want(t, "offer v=0 hold")
		o.offer.Answer([]byte("v=0 held"))
		o.want(t, "ended by timeout 408")
		w.far.drain("SIP/2.0 200")
		w.far.request("BYE")
	})
}

func TestAReinviteWithoutOfferGetsOursAndItsAckTheAnswer(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.answered()
		w.far.send(w.far.asCallee(invite, "INVITE", 1))
		o.want(t, "offer ")
		o.offer.Answer([]byte("v=0 ours"))
		w.far.response(200)
		w.far.send(w.far.asCallee(invite, "ACK", 1, withBody("v=0 theirs")))
		o.want(t, "reinvited 200 v=0 theirs")
	})
}

func TestAByeEndsTheOfferThatIsOpen(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.answered()
		re := w.far.asCallee(invite, "INVITE", 1, withBody("v=0"))
		w.far.send(re)
		o.want(t, "offer v=0")
		w.far.send(w.far.asCallee(invite, "BYE", 2))
		w.far.response(200)
		w.far.send(w.far.ackOf(re, w.far.response(487)))
		o.want(t, "ended by remote 0")
		o.offer.Answer([]byte("v=0")) // too late, and harmless
		w.far.silence()
		w.empty()
	})
}

func TestACancelledOfferLeavesTheCallAsItWas(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.answered()
		re := w.far.asCallee(invite, "INVITE", 1, withBody("v=0"))
		w.far.send(re)
		o.want(t, "offer v=0")
		w.far.send(w.far.cancelOf(re))
		w.far.response(200)
		w.far.send(w.far.ackOf(re, w.far.response(487)))
		o.nothing(t)
		s.Reinvite([]byte("v=0 ours"))
		w.far.respond(w.far.request("INVITE"), 200)
		o.want(t, "reinvited 200 ")
	})
}

func TestTheAckOfAnotherInviteAcknowledgesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.answered()
		w.far.send(w.far.asCallee(invite, "INVITE", 5, withBody("v=0")))
		o.want(t, "offer v=0")
		o.offer.Answer([]byte("v=0"))
		w.far.response(200)
		w.far.send(w.far.asCallee(invite, "ACK", 4))
		w.far.response(200) // still repeated
		w.far.send(w.far.asCallee(invite, "ACK", 5))
		w.pass(time.Minute)
		w.far.silence()
	})
}

func TestOurOfferIsAnswered(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.answered()
		s.Reinvite([]byte("v=0 new"))
		re := w.far.request("INVITE")
		if re.CSeq().SeqNo != invite.CSeq().SeqNo+1 || tagOf(re.To().Params) != "far" || string(re.Body()) != "v=0 new" || re.Contact() == nil {
			t.Errorf("strange re-INVITE:\n%s", re)
		}
		ok := w.far.responseTo(re, 200, withBody("v=0 fine"))
		w.far.send(ok)
		w.far.request("ACK")
		o.want(t, "reinvited 200 v=0 fine")
		w.far.send(ok)
		if ack := w.far.request("ACK"); ack.CSeq().SeqNo != re.CSeq().SeqNo {
			t.Errorf("strange ACK:\n%s", ack)
		}
		o.nothing(t)
	})
}

func TestOurOfferRefusedLeavesTheCallAsItWas(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.answered()
		s.Reinvite([]byte("v=0 new"))
		w.far.respond(w.far.request("INVITE"), 488)
		w.far.request("ACK")
		o.want(t, "reinvited 488 ")
		s.Reinvite([]byte("v=0 newer"))
		w.far.respond(w.far.request("INVITE"), 200)
		o.want(t, "reinvited 200 ")
	})
}

func TestOffersThatMeetAreTriedAgainLater(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.answered()
		s.Reinvite([]byte("v=0 ours"))
		ours := w.far.request("INVITE")
		theirs := w.far.asCallee(invite, "INVITE", 1, withBody("v=0 theirs"))
		w.far.send(theirs)
		w.far.send(w.far.ackOf(theirs, w.far.response(491)))
		w.far.respond(ours, 491)
		w.far.request("ACK")
		start := time.Now()
		again := w.far.request("INVITE")
		if d := time.Since(start); d < 2100*time.Millisecond || d > 4*time.Second {
			t.Errorf("tried again after %v, RFC 3261 14.1 wants 2.1 to 4 s", d)
		}
		w.far.respond(again, 200)
		o.want(t, "reinvited 200 ")
	})
}

func TestASecondOfferWhileOneIsOpenIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.answered()
		w.far.send(w.far.asCallee(invite, "INVITE", 1, withBody("v=0 one")))
		o.want(t, "offer v=0 one")
		two := w.far.asCallee(invite, "INVITE", 2, withBody("v=0 two"))
		w.far.send(two)
		refusal := w.far.response(500)
		if refusal.GetHeader("Retry-After") == nil {
			t.Errorf("no Retry-After:\n%s", refusal)
		}
		w.far.send(w.far.ackOf(two, refusal))
		s.Reinvite(nil) // waits for the open one
		w.far.silence()
		o.offer.Answer([]byte("v=0"))
		w.far.response(200)
		w.far.request("INVITE")
	})
}

func TestADialogThatTheFarEndForgotEnds(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.answered()
		s.Reinvite([]byte("v=0"))
		w.far.respond(w.far.request("INVITE"), 481)
		w.far.request("ACK")
		o.want(t, "reinvited 481 ", "ended by remote 481")
	})
}

func TestAReinviteThatNobodyAnswersEndsTheCall(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.answered()
		s.Reinvite([]byte("v=0"))
		o.want(t, "reinvited 408 ", "ended by timeout 408")
	})
}

func TestRequestsOutOfOrderAreRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.answered()
		w.far.send(w.far.asCallee(invite, "OPTIONS", 5))
		if res := w.far.response(200); res.GetHeader("Allow") == nil || res.GetHeader("Accept") == nil {
			t.Errorf("strange capabilities:\n%s", res)
		}
		w.far.send(w.far.asCallee(invite, "BYE", 4))
		w.far.response(500)
		o.nothing(t)
		w.far.send(w.far.asCallee(invite, "BYE", 6))
		w.far.response(200)
		o.want(t, "ended by remote 0")
	})
}

func TestAStrangerCannotEndACall(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.answered()
		other := *w.far
		other.tag = "stranger"
		w.far.send(other.asCallee(invite, "BYE", 50))
		w.far.response(481)
		w.far.send(w.far.inDialog("no-such-call", "<sip:a@b>;tag=x", "<sip:c@d>;tag=y", "BYE", 1))
		w.far.response(481)
		o.nothing(t)
	})
}

func TestInfoIsForThoseWhoCareAndUpdateForNobodyYet(t *testing.T) {
	inWorld(t, func(w *world) {
		_, _, invite := w.answered()
		w.far.send(w.far.asCallee(invite, "INFO", 1))
		w.far.response(200)
		info := w.far.asCallee(invite, "INFO", 2)
		info.SetBody([]byte("Signal=5"))
		w.far.send(info)
		w.far.response(415)
		w.far.send(w.far.asCallee(invite, "UPDATE", 3))
		if res := w.far.response(405); res.GetHeader("Allow") == nil {
			t.Errorf("no Allow:\n%s", res)
		}
	})
}

func TestARequestInsideTheDialogHasItsEnd(t *testing.T) {
	inWorld(t, func(w *world) {
		s, _, _ := w.answered()
		got := make(chan Response, 2)
		s.Send("INFO", Headers{{"Content-Type", "application/dtmf-relay"}}, []byte("Signal=5\r\n"), func(r Response) { got <- r })
		w.far.respond(w.far.request("INFO"), 200)
		if r := <-got; r.Code != 200 {
			t.Errorf("got %+v", r)
		}
		s.Send("INFO", nil, nil, func(r Response) { got <- r })
		if r := <-got; r.Origin != Timeout || r.Code != 408 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestALateAnswerToARequestSaysGoodbyeOnlyOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.answered()
		s.Send("INFO", nil, nil, nil)
		info := w.far.request("INFO")
		s.Hangup(Reason{})
		w.far.respond(w.far.request("BYE"), 200)
		w.far.respond(info, 481)
		o.want(t, "ended by local 0")
		w.far.silence()
		w.empty()
	})
}

func TestADialogWrittenDownIsEndedByAnotherProcess(t *testing.T) {
	inWorld(t, func(w *world) {
		s, _, invite := w.taken()
		written, err := json.Marshal(s.Dialog())
		if err != nil {
			t.Fatal(err)
		}
		w.each(func(sh *shard) { clear(sh.sessions) }) // the crash
		var d Dialog
		if err := json.Unmarshal(written, &d); err != nil {
			t.Fatal(err)
		}
		o := newEars()
		again := w.ua.Resume(d, o)
		synctest.Wait()
		w.far.send(w.far.inDialog(d.CallID, invite.From().Value(), invite.To().Value()+";tag="+d.LocalTag, "OPTIONS", 8))
		w.far.response(200)
		again.Hangup(Reason{Q850: 41})
		bye := w.far.request("BYE")
		if tagOf(bye.To().Params) != "far" || tagOf(bye.From().Params) != d.LocalTag || bye.CSeq().SeqNo <= d.LocalCSeq ||
			bye.Recipient.String() != "sip:bob@10.0.0.2:5060" {
			t.Errorf("strange BYE:\n%s", bye)
		}
		w.far.respond(bye, 200)
		o.want(t, "ended by local 0")
		w.empty()
	})
}

func TestAChallengedByeIsSentAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		out := w.outgoing()
		out.Credentials = Credentials{"alice", "secret"}
		o := newEars()
		s := w.ua.Invite(out, o)
		w.far.respond(w.far.request("INVITE"), 200)
		w.far.request("ACK")
		s.Hangup(Reason{})
		first := w.far.request("BYE")
		w.far.respond(first, 401, withHeader("WWW-Authenticate", `Digest realm="r", nonce="n", qop="auth"`))
		second := w.far.request("BYE")
		if second.GetHeader("Authorization") == nil || second.CSeq().SeqNo != first.CSeq().SeqNo+1 {
			t.Errorf("strange second BYE:\n%s", second)
		}
	})
}
