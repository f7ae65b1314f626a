package ua

import (
	"strings"
	"testing"
	"time"
)

// bouncer serves nobody: it answers 401, when it is let.
type bouncer struct {
	scriptedHandler
	asked []*Unproven
	late  bool
}

func (b *bouncer) Screen(u *Unproven) (any, bool) {
	b.asked = append(b.asked, u)
	if !b.late {
		u.Refuse(Refusal{Code: 401, Headers: Headers{{"WWW-Authenticate", "Digest"}}})
	}
	return nil, false
}

func TestWhoProvesNothingIsAnsweredOnceAndNothingIsKept(t *testing.T) {
	hand := &bouncer{}
	inWorldOf(t, hand, func(w *world) {
		for _, method := range []string{"INVITE", "REGISTER", "BYE", "DANCE"} {
			req := w.far.outside(method)
			w.far.send(req)
			first := w.far.response(401)
			if first.GetHeader("Server") != nil {
				t.Error("a stranger learns what we are")
			}
			w.far.silence()
			w.pass(time.Minute)
			w.far.silence() // RFC 3261 26.3.2.4: nobody acknowledges it, and it is not repeated
			w.far.send(req)
			if again := w.far.response(401); tagOf(again.To().Params) != tagOf(first.To().Params) {
				t.Errorf("%s: its tag was %s and is %s (RFC 3261 8.2.7)", method, first.To(), again.To())
			}
		}
		if len(hand.asked) != 8 || hand.invites != 0 || hand.request != nil {
			t.Errorf("asked %d times, %d calls, %v", len(hand.asked), hand.invites, hand.request)
		}
		w.each(func(sh *shard) {
			if n := sh.Len(); n != 0 {
				t.Errorf("%d transactions are kept", n)
			}
		})
		w.empty()
	})
}

func TestAnAnswerToWhoProvesNothingMayComeLateAndFromAnywhere(t *testing.T) {
	hand := &bouncer{late: true}
	inWorldOf(t, hand, func(w *world) {
		w.far.send(w.far.outside("REGISTER"))
		w.pass(10 * time.Second)
		w.far.silence()
		hand.asked[0].Refuse(Refusal{Code: 401})
		w.far.response(401)
	})
}

func TestWhoKnowsADialogOfOursIsNotScreened(t *testing.T) {
	hand := &bouncer{}
	inWorldOf(t, hand, func(w *world) {
		_, o, invite := w.answered()
		w.far.send(w.far.asCallee(invite, "BYE", 1))
		w.far.response(200)
		o.want(t, "ended by remote 0")
		if len(hand.asked) != 0 {
			t.Errorf("asked about %s", hand.asked[0].Method)
		}
	})
}

func TestThePeerOfARequestIsWhoTheScreenSaid(t *testing.T) {
	hand := &usher{}
	inWorldOf(t, hand, func(w *world) {
		w.far.send(w.far.outside("REGISTER"))
		w.pass(0)
		if r := hand.request; r == nil || r.Peer != "sip:alice@10.0.0.1" {
			t.Errorf("%+v", r)
		}
	})
}

// usher serves everybody.
type usher struct{ scriptedHandler }

func (*usher) Screen(u *Unproven) (any, bool) { return strings.TrimSuffix(u.To.URI, ":5060"), true }
