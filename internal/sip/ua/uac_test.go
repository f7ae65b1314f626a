package ua

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

func TestRingingBackToBackWithTheAnswerIsHeardFirst(t *testing.T) {
	inWorld(t, func(w *world) {
		for range 200 {
			_, o, invite := w.call()
			w.far.send(w.far.responseTo(invite, 180), w.far.responseTo(invite, 183, withBody("v=0 early")),
				w.far.responseTo(invite, 200, withBody("v=0 answer")))
			o.want(t, "progress 180 ", "progress 183 v=0 early", "answered v=0 answer")
			w.far.request("ACK")
		}
	})
}

func TestManyProvisionalResponsesAreFine(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.call()
		for range 40 {
			w.far.respond(invite, 180)
			o.want(t, "progress 180 ")
		}
		w.far.respond(invite, 200)
		o.want(t, "answered ")
	})
}

func TestAnAnswerThatCrossesOurCancelIsAcknowledgedAndEnded(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.call()
		w.far.respond(invite, 180)
		o.want(t, "progress 180 ")
		s.Hangup(Reason{})
		o.want(t, "failed by local 0")
		cancel := w.far.request("CANCEL")
		if got, want := cancel.Via().Value(), invite.Via().Value(); got != want {
			t.Errorf("the CANCEL's Via is %s, the INVITE's %s", got, want)
		}
		w.far.respond(invite, 200)
		w.far.respond(cancel, 200)
		ack := w.far.request("ACK")
		bye := w.far.request("BYE")
		if tagOf(ack.To().Params) != "far" || bye.CSeq().SeqNo != invite.CSeq().SeqNo+1 {
			t.Errorf("strange ACK or BYE:\n%s%s", ack, bye)
		}
		w.far.respond(bye, 200)
		o.nothing(t)
		w.pass(2 * time.Minute)
		w.far.silence()
		w.empty()
	})
}

// empty fails when the user agent still keeps sessions.
func (w *world) empty() {
	w.t.Helper()
	synctest.Wait()
	w.each(func(sh *shard) {
		if len(sh.sessions) > 0 {
			w.t.Errorf("%d sessions are kept", len(sh.sessions))
		}
	})
}

// each visits every shard on its own goroutine.
func (w *world) each(visit func(*shard)) {
	for _, sh := range w.ua.shards {
		done := make(chan struct{})
		sh.Post(func() { defer close(done); visit(sh) })
		<-done
	}
}

func TestHangUpBeforeAnyResponseWaitsWithTheCancel(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.call()
		s.Hangup(Reason{Q850: 16})
		o.want(t, "failed by local 0")
		w.far.silence()
		w.far.respond(invite, 100)
		cancel := w.far.request("CANCEL")
		if got := cancel.GetHeader("Reason").Value(); got != "Q.850;cause=16" {
			t.Errorf("Reason is %q", got)
		}
		w.far.respond(cancel, 200)
		w.far.respond(invite, 487)
		w.far.request("ACK")
		o.nothing(t)
		w.empty()
	})
}

func TestACancelThatNobodyActsOnIsGivenUp(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.call()
		w.far.respond(invite, 180)
		o.want(t, "progress 180 ")
		s.Hangup(Reason{})
		o.want(t, "failed by local 0")
		w.far.respond(w.far.request("CANCEL"), 200)
		w.pass(time.Minute)
		o.nothing(t)
		w.empty()
	})
}

func TestARepeatedAnswerIsAcknowledgedAgainWhateverItsCode(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.call()
		ok := w.far.responseTo(invite, 202)
		w.far.send(ok)
		first := w.far.request("ACK")
		o.want(t, "answered ")
		w.far.send(ok)
		if again := w.far.request("ACK"); again.String() != first.String() {
			t.Errorf("ACKs differ:\n%s%s", first, again)
		}
		w.pass(40 * time.Second) // Timer M has ended the transaction
		w.far.send(ok)
		w.far.request("ACK")
		o.nothing(t)
	})
}

func TestASecondForkThatAnswersIsAcknowledgedAndEnded(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.call()
		w.far.send(w.far.responseTo(invite, 180), w.far.responseTo(invite, 180, withTag("other")))
		o.want(t, "progress 180 ", "progress 180 ")
		w.far.respond(invite, 200)
		w.far.request("ACK")
		o.want(t, "answered ")
		w.far.respond(invite, 200, withTag("other"))
		if ack := w.far.request("ACK"); tagOf(ack.To().Params) != "other" {
			t.Errorf("ACK goes to tag %q", tagOf(ack.To().Params))
		}
		bye := w.far.request("BYE")
		if tagOf(bye.To().Params) != "other" {
			t.Errorf("BYE goes to tag %q", tagOf(bye.To().Params))
		}
		w.far.respond(bye, 200)
		o.nothing(t)
		s.Hangup(Reason{})
		if bye := w.far.request("BYE"); tagOf(bye.To().Params) != "far" {
			t.Errorf("BYE goes to tag %q", tagOf(bye.To().Params))
		}
	})
}

func TestAnAnswerThatLeadsNowhereIsNoCall(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.call()
		w.far.respond(invite, 200, func(m sip.Message) {
			m.(*sip.Response).Contact().Address = sip.Uri{Scheme: "sip", User: "bob", Host: "[2001:db8::1]", Port: 5060}
		})
		o.want(t, "ended by transport 503")
		w.empty()
	})
}

func TestNobodyAnswersAnInvite(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, _ := w.call()
		start := time.Now()
		o.want(t, "failed by timeout 408")
		if d := time.Since(start); d != 32*time.Second {
			t.Errorf("Timer B took %v", d)
		}
		// RFC 3261 17.1.1.2: sent at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s.
		if n := w.far.drain("INVITE"); n != 6 {
			t.Errorf("%d retransmissions", n)
		}
		w.empty()
	})
}

func TestSilenceIsToldFromRinging(t *testing.T) {
	patient := func(o *Outgoing) { o.Patience = 10 * time.Second }
	inWorld(t, func(w *world) {
		_, o, invite := w.call(patient)
		start := time.Now()
		o.want(t, "failed by timeout 408")
		if d := time.Since(start); d != 10*time.Second {
			t.Errorf("patience took %v", d)
		}
		w.far.drain("INVITE")
		w.far.respond(invite, 180) // it lives after all: the call is taken back
		cancel := w.far.request("CANCEL")
		w.far.respond(cancel, 200)
		w.far.respond(invite, 487)
		w.far.request("ACK")
	})
	inWorld(t, func(w *world) {
		_, o, invite := w.call(patient)
		w.far.respond(invite, 100)
		w.pass(time.Minute)
		w.far.respond(invite, 486)
		o.want(t, "failed by remote 486")
	})
}

func TestARefusalTellsItsReason(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.call()
		w.far.respond(invite, 486, withHeader("Reason", `SIP;cause=486, Q.850;cause=17;text="User busy"`), withHeader("Retry-After", "18 (lunch);duration=3600"))
		o.want(t, "failed by remote 486")
		if o.cause.Q850 != 17 || o.cause.RetryAfter != 18*time.Second || o.cause.Phrase != "Busy Here" {
			t.Errorf("cause is %+v", o.cause)
		}
		ack := w.far.request("ACK")
		if ack.Via().Value() != invite.Via().Value() || ack.CSeq().SeqNo != invite.CSeq().SeqNo || tagOf(ack.To().Params) != "far" {
			t.Errorf("strange ACK:\n%s", ack)
		}
		w.empty()
	})
}

func TestARedirectionTellsWhereTo(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.call()
		w.far.respond(invite, 302, withHeader("Contact", "<sip:carol@10.0.0.3>"))
		o.want(t, "failed by remote 302")
		if len(o.cause.Contacts) != 1 || o.cause.Contacts[0] != "sip:carol@10.0.0.3" {
			t.Errorf("cause is %+v", o.cause)
		}
	})
}

func TestAnUnusableAddressFailsTheCall(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, uri := range []string{"", "tel:+15550100", "sip:a b@c", "sip:x@y\r\nEvil: 1"} {
			o := newEars()
			out := w.outgoing()
			out.RequestURI = uri
			w.ua.Invite(out, o)
			o.want(t, "failed by local 400")
		}
		w.far.silence()
	})
}

func TestAHeaderValueCannotStartAnotherHeader(t *testing.T) {
	inWorld(t, func(w *world) {
		out := w.outgoing()
		out.From.DisplayName = "Eve\"\r\nEvil: 1"
		out.Headers = Headers{{"X-Note", "a\r\nEvil: 2"}}
		w.ua.Invite(out, nil)
		if invite := w.far.request("INVITE"); invite.GetHeader("Evil") != nil {
			t.Errorf("injected:\n%s", invite)
		}
	})
}

func TestAChallengeIsAnsweredOnceAndAStaleNonceOnceMore(t *testing.T) {
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		t.Run(algorithm, func(t *testing.T) {
			inWorld(t, func(w *world) {
				o := newEars()
				out := w.outgoing()
				out.Credentials = Credentials{"alice", "secret"}
				w.ua.Invite(out, o)
				challenge := func(stale string) change {
					return withHeader("Proxy-Authenticate", fmt.Sprintf(`Digest realm="r", nonce="n%s", algorithm=%s, qop="auth"%s`, stale, algorithm, stale))
				}
				first := w.far.request("INVITE")
				w.far.respond(first, 407, challenge(""))
				w.far.request("ACK")
				second := w.far.request("INVITE")
				if second.CSeq().SeqNo != first.CSeq().SeqNo+1 || second.CallID().Value() != first.CallID().Value() ||
					second.From().Value() != first.From().Value() || second.Via().Value() == first.Via().Value() {
					t.Errorf("strange second try:\n%s", second)
				}
				if h := second.GetHeader("Proxy-Authorization"); h == nil || !strings.Contains(h.Value(), "algorithm="+algorithm) {
					t.Fatalf("no credentials:\n%s", second)
				}
				w.far.respond(second, 407, challenge(`, stale=true`))
				w.far.request("ACK")
				third := w.far.request("INVITE")
				if n := len(third.GetHeaders("Proxy-Authorization")); n != 1 {
					t.Errorf("%d credentials", n)
				}
				w.far.respond(third, 200)
				if ack := w.far.request("ACK"); ack.GetHeader("Proxy-Authorization") == nil || ack.CSeq().SeqNo != third.CSeq().SeqNo {
					t.Errorf("strange ACK:\n%s", ack)
				}
				o.want(t, "answered ")
			})
		})
	}
}

func TestAServerThatAlwaysSaysStaleIsGivenUp(t *testing.T) {
	inWorld(t, func(w *world) {
		o := newEars()
		out := w.outgoing()
		out.Credentials = Credentials{"alice", "secret"}
		w.ua.Invite(out, o)
		for range 3 {
			w.far.respond(w.far.request("INVITE"), 401, withHeader("WWW-Authenticate", `Digest realm="r", nonce="n", stale=true`))
			w.far.request("ACK")
		}
		o.want(t, "failed by remote 401")
		w.far.silence()
	})
}

func TestWrongCredentialsEndTheCallWithTheChallenge(t *testing.T) {
	inWorld(t, func(w *world) {
		o := newEars()
		out := w.outgoing()
		out.Credentials = Credentials{"alice", "wrong"}
		w.ua.Invite(out, o)
		for range 2 {
			w.far.respond(w.far.request("INVITE"), 401, withHeader("WWW-Authenticate", `Digest realm="r", nonce="n"`))
			w.far.request("ACK")
		}
		o.want(t, "failed by remote 401")
		w.far.silence()
	})
}

func TestAChallengeAfterHangUpIsNotAnswered(t *testing.T) {
	inWorld(t, func(w *world) {
		o := newEars()
		out := w.outgoing()
		out.Credentials = Credentials{"alice", "secret"}
		s := w.ua.Invite(out, o)
		invite := w.far.request("INVITE")
		s.Hangup(Reason{})
		o.want(t, "failed by local 0")
		w.far.respond(invite, 401, withHeader("WWW-Authenticate", `Digest realm="r", nonce="n"`))
		w.far.request("ACK")
		w.far.silence()
		w.empty()
	})
}

func TestTheSecondTryIsNotCancelledBeforeItIsHeardOf(t *testing.T) {
	inWorld(t, func(w *world) {
		o := newEars()
		out := w.outgoing()
		out.Credentials = Credentials{"alice", "secret"}
		s := w.ua.Invite(out, o)
		first := w.far.request("INVITE")
		w.far.respond(first, 100)
		w.far.respond(first, 401, withHeader("WWW-Authenticate", `Digest realm="r", nonce="n"`))
		w.far.request("ACK")
		second := w.far.request("INVITE")
		s.Hangup(Reason{})
		w.far.silence() // RFC 3261 9.1
		w.far.respond(second, 180)
		if cancel := w.far.request("CANCEL"); cancel.CSeq().SeqNo != second.CSeq().SeqNo {
			t.Errorf("strange CANCEL:\n%s", cancel)
		}
	})
}

func TestQuietWaitsForGoodbyes(t *testing.T) {
	inWorld(t, func(w *world) {
		s, _, _ := w.answered()
		s.Hangup(Reason{})
		bye := w.far.request("BYE")
		settled := make(chan error, 1)
		go func() { settled <- w.ua.Quiet(context.Background()) }()
		w.pass(time.Second)
		select {
		case <-settled:
			t.Error("it did not wait for the BYE's answer")
		default:
		}
		w.far.respond(bye, 200)
		if err := <-settled; err != nil {
			t.Error(err)
		}
	})
}

func TestRequestsFollowTheRouteSetBackwards(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.call()
		w.far.respond(invite, 200, func(m sip.Message) {
			for _, r := range []string{"sip:10.0.0.9;lr", "sip:10.0.0.2:5060;lr"} { // nearest the callee first
				var u sip.Uri
				sip.ParseUri(r, &u)
				m.AppendHeader(&sip.RecordRouteHeader{Address: u})
			}
		})
		ack := w.far.request("ACK")
		o.want(t, "answered ")
		s.Hangup(Reason{})
		for _, req := range []*sip.Request{ack, w.far.request("BYE")} {
			rs := req.GetHeaders("Route")
			if len(rs) != 2 || rs[0].Value() != "<sip:10.0.0.2:5060;lr>" || rs[1].Value() != "<sip:10.0.0.9;lr>" || req.Recipient.String() != "sip:bob@10.0.0.2:5060" {
				t.Errorf("strange routes:\n%s", req)
			}
		}
		o.want(t, "ended by local 0")
	})
}

func TestAStrictRouterGetsTheRequestURI(t *testing.T) {
	d := draft{method: "BYE", target: "sip:bob@b", route: []string{"sip:strict@10.0.0.9", "sip:10.0.0.8;lr"}, from: Party{URI: "sip:a@a"}, to: Party{URI: "sip:b@b"}}
	req, err := d.request()
	if err != nil {
		t.Fatal(err)
	}
	rs := req.GetHeaders("Route")
	if req.Recipient.String() != "sip:strict@10.0.0.9" || len(rs) != 2 || rs[1].Value() != "<sip:bob@b>" {
		t.Errorf("RFC 3261 12.2.1.1 wants the target last:\n%s", req)
	}
}

func TestAByeThatOvertakesTheAnswerEndsTheCall(t *testing.T) {
	inWorld(t, func(w *world) {
		_, o, invite := w.call()
		w.far.send(w.far.asCallee(invite, "BYE", 1))
		w.far.response(200)
		o.want(t, "failed by remote 0")
		w.far.respond(invite, 200)
		w.far.request("ACK")
		w.far.respond(w.far.request("BYE"), 481)
		o.nothing(t)
		w.empty()
	})
}
