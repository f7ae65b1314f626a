package ua

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// prack acknowledges a reliable response of ours.
func (f *farEnd) prack(res *sip.Response, cseq uint32, changes ...change) *sip.Request {
	rack := res.GetHeader("RSeq").Value() + " " + res.CSeq().Value()
	return f.within(res, "PRACK", cseq, append([]change{withHeader("RAck", rack)}, changes...)...)
}

var requires100rel = []change{withBody("v=0 offer"), withHeader("Require", "100rel")}

func TestWhoRequires100relGetsReliableResponsesUntilItsPRACK(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring(requires100rel...)
		start := time.Now()
		s.Ring(180, nil, nil)
		ringing := w.far.response(180)
		if !hasOption(ringing, "Require", "100rel") || ringing.GetHeader("RSeq") == nil {
			t.Fatalf("not reliable:\n%s", ringing)
		}
		for _, want := range []time.Duration{500, 1500, 3500} {
			again := w.far.response(180)
			if d := time.Since(start); d != want*time.Millisecond || again.String() != ringing.String() {
				t.Errorf("repeated after %v, want %d ms:\n%s", d, want, again)
			}
		}
		w.far.send(w.far.prack(ringing, 8))
		if ok := w.far.response(200); ok.CSeq().MethodName != sip.PRACK {
			t.Errorf("strange answer:\n%s", ok)
		}
		w.pass(30 * time.Second)
		w.far.silence()
		w.far.send(w.far.prack(ringing, 9)) // once is enough
		w.far.response(481)

		s.Answer([]byte("v=0 answer"), nil)
		ok := w.far.response(200)
		w.far.send(w.far.within(ok, "ACK", invite.CSeq().SeqNo))
		o.want(t, "answered ")
		w.far.send(w.far.within(ok, "BYE", 10))
		w.far.response(200)
		o.want(t, "ended by remote 0")
		w.empty()
	})
}

func TestReliableResponsesGoOneAfterAnother(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.ring(requires100rel...)
		s.Ring(180, nil, nil)
		s.Ring(182, nil, nil) // overtaken by the next
		s.Ring(183, []byte("v=0 answer"), nil)
		s.Answer([]byte("v=0 answer"), nil) // 180 has no description: the answer need not wait
		first := w.far.response(180)
		ok := w.far.response(200)
		w.far.send(w.far.prack(first, 8)) // late, and still expected
		w.far.response(200)
		w.far.send(w.far.within(ok, "ACK", 7))
		o.want(t, "answered ")
		w.far.silence()
	})
}

func TestAnAnswerWaitsForTheDescriptionBeforeIt(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.ring(requires100rel...)
		s.Ring(183, []byte("v=0 answer"), nil)
		s.Answer([]byte("v=0 answer"), nil)
		early := w.far.response(183)
		w.pass(400 * time.Millisecond)
		w.far.silence()
		w.far.send(w.far.prack(early, 8))
		if res := w.far.response(200); res.CSeq().MethodName != sip.PRACK {
			t.Errorf("the first answer is\n%s", res)
		}
		ok := w.far.response(200)
		w.far.send(w.far.within(ok, "ACK", 7))
		o.want(t, "answered ")
	})
}

func TestWithoutPRACKTheCallIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, _ := w.ring(requires100rel...)
		s.Ring(180, nil, nil)
		start := time.Now()
		o.want(t, "failed by timeout 504")
		if d := time.Since(start); d != 32*time.Second {
			t.Errorf("gave up after %v", d)
		}
		if w.far.drain("SIP/2.0 504") == 0 {
			t.Error("the caller was not told")
		}
		w.empty()
	})
}

func TestACallerWithoutAnOfferIsNotRungReliably(t *testing.T) {
	inWorld(t, func(w *world) {
		s, _, _ := w.ring(withHeader("Require", "100rel"))
		s.Ring(180, nil, nil)
		w.far.response(100)
		w.pass(2 * time.Second)
		w.far.silence()
		s.Answer([]byte("v=0 offer"), nil)
		w.far.response(200)
	})
}

func TestWhoOnlySupports100relIsRungAsEver(t *testing.T) {
	inWorld(t, func(w *world) {
		s, _, _ := w.ring(withBody("v=0 offer"), withHeader("Supported", "100rel"))
		s.Ring(180, nil, nil)
		if res := w.far.response(180); res.GetHeader("RSeq") != nil {
			t.Errorf("it is reliable:\n%s", res)
		}
		w.pass(10 * time.Second)
		w.far.silence()
	})
}

func TestACancelEndsReliableRinging(t *testing.T) {
	inWorld(t, func(w *world) {
		s, o, invite := w.ring(requires100rel...)
		s.Ring(180, nil, nil)
		w.far.response(180)
		w.far.send(w.far.cancelOf(invite))
		w.far.response(200)
		w.far.response(487)
		o.want(t, "failed by cancel 487")
		w.pass(time.Minute)
		if n := w.far.drain("SIP/2.0 180"); n > 0 {
			t.Errorf("%d more ringing", n)
		}
		w.empty()
	})
}
