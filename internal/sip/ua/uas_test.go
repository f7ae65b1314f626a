package ua

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// ring has the far end call; the session is taken but silent.
func (w *world) ring(changes ...change) (*Session, *ears, *sip.Request) {
	w.t.Helper()
	invite := w.far.invite(changes...)
	o := newEars()
	w.far.send(invite)
	synctest.Wait()
	return w.hand.last(o), o, invite
}

func TestTheCallerHearsTryingWithinAFifthOfASecond(t *testing.T) {
	inWorld(t, func(w *world) {
		start := time.Now()
		w.ring()
		w.far.response(100)
		if d := time.Since(start); d != 200*time.Millisecond {
			t.Errorf("100 came after %v", d)
		}
	})
}

func TestAnIncomingCallIsRungAnsweredAndEndedByTheCaller(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring(withBody("v=0 offer"), withHeader("k", "timer"))
		in := w.hand.incoming
		if in.From.DisplayName != `Bob "B" Far` || in.From.URI != "sip:bob@10.0.0.2" || string(in.Body) != "v=0 offer" ||
			in.Source != farAddr || in.Transport != "udp" || in.Headers.Get("supported") != "timer" {
			t.Errorf("incoming is %+v", in)
		}
		s.Ring(180, nil, nil)
		s.Answer([]byte("v=0 answer"), Headers{{"X-Server-Call-Id", "abc"}})
		ringing := w.far.response(180)
		ok := w.far.response(200)
		if ringing.To().Value() != ok.To().Value() || !ok.To().Params.Has("tag") {
			t.Errorf("tags differ: %s and %s", ringing.To().Value(), ok.To().Value())
		}
		if ok.Contact().Address.String() != "sip:alice@10.0.0.1:5060" || ok.GetHeader("X-Server-Call-Id") == nil || string(ok.Body()) != "v=0 answer" {
			t.Errorf("strange answer:\n%s", ok)
		}
		o.nothing(t) // not before the ACK
		w.far.send(w.far.within(ok, "ACK", invite.CSeq().SeqNo))
		o.want(t, "answered ")
		w.far.send(w.far.within(ok, "BYE", 8, withHeader("Reason", "Q.850;cause=16")))
		w.far.response(200)
		o.want(t, "ended by remote 0")
		if o.cause.Q850 != 16 {
			t.Errorf("cause is %+v", o.cause)
		}
		w.empty()
	})
}

func TestARepeatedInviteIsTheSameCall(t *testing.T) {
	inWorld(t, func(w *world) {
		s, _, invite := w.ring()
		s.Ring(180, nil, nil)
		w.far.response(180)
		w.far.send(invite)
		w.far.response(180)
		s.Answer(nil, nil)
		w.far.response(200)
		w.far.send(invite)
		w.far.silence() // RFC 6026: the user repeats the 2xx, not the transaction
		if w.hand.invites != 1 {
			t.Errorf("%d calls", w.hand.invites)
		}
	})
}

func TestOurAnswerRepeatsDoublingUntilItIsAcknowledged(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring()
		s.Answer(nil, nil)
		last := time.Now()
		ok := w.far.response(200)
		for _, want := range []time.Duration{500, 1000, 2000, 4000, 4000} {
			w.far.response(200)
			if d := time.Since(last); d != want*time.Millisecond {
				t.Errorf("repeated after %v, want %v ms", d, int(want))
			}
			last = time.Now()
		}
		w.far.send(w.far.within(ok, "ACK", invite.CSeq().SeqNo))
		o.want(t, "answered ")
		w.pass(time.Minute)
		w.far.silence()
	})
}

func TestAnAnswerThatNobodyAcknowledgesEndsTheCall(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.ring()
		s.Answer(nil, nil)
		start := time.Now()
		o.want(t, "ended by timeout 408")
		if d := time.Since(start); d != 32*time.Second {
			t.Errorf("gave up after %v", d)
		}
		w.far.drain("SIP/2.0 200")
		w.far.respond(w.far.request("BYE"), 481)
		w.empty()
	})
}

func TestHangUpAfterOurAnswerWaitsForTheAck(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring()
		s.Answer(nil, nil)
		s.Hangup(Reason{})
		ok := w.far.response(200)
		o.want(t, "ended by local 0")
		w.far.silence() // RFC 3261 15: no BYE yet
		w.far.send(w.far.within(ok, "ACK", invite.CSeq().SeqNo))
		w.far.respond(w.far.request("BYE"), 200)
		o.nothing(t)
		w.empty()
	})
}

func TestHangUpWithoutAckEndsWithAByeAllTheSame(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.ring()
		s.Answer(nil, nil)
		s.Hangup(Reason{})
		o.want(t, "ended by local 0")
		w.pass(32 * time.Second)
		if n := w.far.drain("BYE"); n != 1 {
			t.Errorf("%d BYEs", n)
		}
		o.nothing(t)
	})
}

func TestTheCallerGivesUp(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring()
		s.Ring(180, nil, nil)
		ringing := w.far.response(180)
		w.far.send(w.far.cancelOf(invite))
		if ok := w.far.response(200); ok.CSeq().MethodName != sip.CANCEL || ok.To().Value() != ringing.To().Value() {
			t.Errorf("strange answer to CANCEL:\n%s", ok)
		}
		terminated := w.far.response(487)
		o.want(t, "failed by cancel 487")
		s.Answer(nil, nil) // too late, and harmless
		w.far.send(w.far.ackOf(invite, terminated))
		w.pass(time.Minute)
		w.far.silence()
		o.nothing(t)
		w.empty()
	})
}

// ackOf acknowledges a failure, in the INVITE's transaction.
func (f *farEnd) ackOf(invite *sip.Request, res *sip.Response) *sip.Request {
	ack := f.parsed(strings.ReplaceAll(strings.ReplaceAll(invite.String(), "INVITE ", "ACK "), " INVITE", " ACK"), nil)
	ack.To().Params = res.To().Params
	return ack
}

func TestACancelThatCrossesOurAnswerHasNoEffect(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring()
		s.Answer(nil, nil)
		ok := w.far.response(200)
		w.far.send(w.far.cancelOf(invite))
		w.far.response(200)
		w.far.send(w.far.within(ok, "ACK", invite.CSeq().SeqNo))
		o.want(t, "answered ")
		w.far.send(w.far.within(ok, "BYE", 8))
		w.far.response(200)
		o.want(t, "ended by remote 0")
	})
}

func TestARefusalIsRepeatedUntilItIsAcknowledged(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring()
		s.Reject(603, "No, thank you\r\nEvil: 1", Headers{{"Retry-After", "5"}})
		o.want(t, "failed by local 603")
		busy := w.far.response(603)
		if busy.Reason != "No, thank you  Evil: 1" || busy.GetHeader("Retry-After") == nil {
			t.Errorf("strange refusal:\n%s", busy)
		}
		w.far.response(603)
		w.far.response(603)
		w.far.send(w.far.ackOf(invite, busy))
		w.pass(time.Minute)
		w.far.silence()
		w.empty()
	})
}

func TestHangUpOfAnUnansweredCallRefusesIt(t *testing.T) {
	inWorld(t, func(w *world) {
		for reason, code := range map[Reason]int{{}: 480, {SIP: 486, Q850: 17, Text: "busy"}: 486} {
			s, o, invite := w.ring()
			s.Hangup(reason)
			res := w.far.response(code)
			w.far.send(w.far.ackOf(invite, res))
			o.want(t, "failed by local "+map[int]string{480: "480", 486: "486"}[code])
		}
	})
}

func TestACallThatTheHandlerIgnoresIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		w.ua.handler = ignorant{}
		w.far.send(w.far.invite())
		w.far.response(500)
		w.empty()
	})
}

type ignorant struct{}

func (ignorant) Invite(*Incoming)   {}
func (ignorant) Request(r *Request) {}

func TestRingingIsRepeatedEveryMinute(t *testing.T) {
	inWorld(t, func(w *world) {
		s, _, _ := w.ring()
		s.Ring(180, nil, nil)
		w.far.response(180)
		w.pass(150 * time.Second)
		if n := w.far.drain("SIP/2.0 180"); n != 2 {
			t.Errorf("repeated %d times", n)
		}
	})
}

func TestRecordRoutesAreKeptInOrderAndTheNearestProxyIsNext(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring(withHeader("Record-Route", "<sip:10.0.0.2:5060;lr>"), withHeader("Record-Route", "<sip:10.0.0.9;lr>"))
		s.Answer(nil, nil)
		ok := w.far.response(200)
		if n := len(ok.GetHeaders("Record-Route")); n != 2 {
			t.Errorf("%d Record-Routes in the answer", n)
		}
		w.far.send(w.far.within(ok, "ACK", invite.CSeq().SeqNo))
		o.want(t, "answered ")
		s.Hangup(Reason{})
		bye := w.far.request("BYE")
		if rs := bye.GetHeaders("Route"); len(rs) != 2 || rs[0].Value() != "<sip:10.0.0.2:5060;lr>" {
			t.Errorf("strange routes:\n%s", bye)
		}
	})
}

func TestAPeerBehindNATIsReachedWhereItsMessagesComeFrom(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring(func(m sip.Message) { m.(*sip.Request).Contact().Address.Host = "192.168.1.5" })
		s.Answer(nil, nil)
		ok := w.far.response(200)
		w.far.send(w.far.within(ok, "ACK", invite.CSeq().SeqNo))
		o.want(t, "answered ")
		s.Hangup(Reason{})
		if bye := w.far.request("BYE"); bye.Recipient.Host != "192.168.1.5" {
			t.Errorf("Request-URI is %s", bye.Recipient.String())
		}
	})
}
