package ua

import (
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// timed has the far end call with a session timer; its ACK is in.
func (w *world) timed(changes ...change) (*ears, *sip.Response) {
	w.t.Helper()
	s, o, invite := w.ring(append([]change{withBody("v=0 offer"), withHeader("Supported", "timer")}, changes...)...)
	s.Answer([]byte("v=0 answer"), nil)
	ok := w.far.response(200)
	w.far.send(w.far.within(ok, "ACK", invite.CSeq().SeqNo))
	o.want(w.t, "answered ")
	return o, ok
}

func TestWhoAsksForATimerRefreshesOrIsHungUp(t *testing.T) {
	inWorld(t, func(w *world) {
		o, ok := w.timed(withHeader("Session-Expires", "1800"), withHeader("Require", "timer"))
		if se := valueOf(ok, "Session-Expires"); se != "1800;refresher=uac" || !hasOption(ok, "Require", "timer") {
			t.Errorf("agreed %s:\n%s", se, ok)
		}
		w.pass(20 * time.Minute)
		w.far.silence()
		w.far.send(w.far.within(ok, "INVITE", 8, withBody("v=0 offer"), withHeader("Supported", "timer"), withHeader("x", "1800;refresher=uac")))
		o.want(t, "offer v=0 offer")
		o.offer.Answer([]byte("v=0 answer"))
		again := w.far.response(200)
		if se := valueOf(again, "Session-Expires"); se != "1800;refresher=uac" {
			t.Errorf("then agreed %q", se)
		}
		w.far.send(w.far.within(again, "ACK", 8))
		w.pass(29 * time.Minute)
		w.far.silence()
		w.pass(time.Minute)
		o.want(t, "ended by timeout 408")
		bye := w.far.request("BYE")
		if !strings.Contains(valueOf(bye, "Reason"), "timer") {
			t.Errorf("no reason:\n%s", bye)
		}
		w.far.respond(bye, 200)
		w.empty()
	})
}

func TestWeRefreshWhenTheFarEndLeavesItToUs(t *testing.T) {
	inWorld(t, func(w *world) {
		o, ok := w.timed(withHeader("Session-Expires", "600;refresher=uas"))
		if se := valueOf(ok, "Session-Expires"); se != "600;refresher=uas" || hasOption(ok, "Require", "timer") {
			t.Errorf("agreed %s:\n%s", se, ok)
		}
		w.pass(5*time.Minute - time.Second)
		w.far.silence()
		w.pass(time.Second)
		refresh := w.far.request("INVITE")
		if string(refresh.Body()) != "v=0 answer" || valueOf(refresh, "Session-Expires") != "600;refresher=uac" || !knowsTimer(refresh) {
			t.Errorf("strange refresh:\n%s", refresh)
		}
		w.far.respond(refresh, 200, withBody("v=0 again"), withHeader("Session-Expires", "600;refresher=uac"))
		w.far.request("ACK")
		o.want(t, "reinvited 200 v=0 again")
		// It does not take the next one, and so is gone.
		w.pass(5 * time.Minute)
		w.far.respond(w.far.request("INVITE"), 488)
		w.far.request("ACK")
		w.pass(3 * time.Minute)
		o.nothing(t)
		w.pass(2 * time.Minute)
		o.want(t, "ended by timeout 408")
		w.far.respond(w.far.request("BYE"), 200)
		w.empty()
	})
}

func TestAProxysTimerIsKeptForACallerWhoKnowsNone(t *testing.T) {
	inWorld(t, func(w *world) {
		s, _, _ := w.ring(withBody("v=0 offer"), withHeader("Session-Expires", "600"))
		s.Answer([]byte("v=0 answer"), nil)
		ok := w.far.response(200)
		if se := valueOf(ok, "Session-Expires"); se != "600;refresher=uas" || hasOption(ok, "Require", "timer") {
			t.Errorf("agreed %q:\n%s", se, ok)
		}
	})
}

func TestATimerThatIsTooBriefIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, odd := range []string{"soon", "", "-1", "60"} { // who knows no timer is served without
			w.far.send(w.far.invite(withBody("v=0 offer"), withHeader("Session-Expires", odd)))
			w.far.response(100)
		}
		w.far.send(w.far.invite(withBody("v=0 offer"), withHeader("Supported", "timer"), withHeader("Session-Expires", "60")))
		if res := w.far.response(422); valueOf(res, "Min-SE") != "90" {
			t.Errorf("no Min-SE:\n%s", res)
		}
	})
}

func TestACallWithoutATimerNeverExpires(t *testing.T) {
	inWorld(t, func(w *world) {
		o, ok := w.timed(withHeader("Session-Expires", "90"))
		w.far.send(w.far.within(ok, "INVITE", 8, withBody("v=0 offer"))) // it wants none any more
		o.want(t, "offer v=0 offer")
		o.offer.Answer([]byte("v=0 answer"))
		again := w.far.response(200)
		w.far.send(w.far.within(again, "ACK", 8))
		w.pass(24 * time.Hour)
		o.nothing(t)
	})
}
