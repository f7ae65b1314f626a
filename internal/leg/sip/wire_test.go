package sip_test

import (
	"fmt"
	"strings"
	"testing"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/leg/sip"
	"strowger/internal/sip/siptest"
)

func TestACallWithoutAnOfferGetsOursAndItsACKAnswers(t *testing.T) {
	r := start(t)
	w := siptest.NewWire(t, network, r.Addr("udp"))
	uri := "sip:" + ours + "@" + r.Addr("udp").String()
	w.Send("INVITE", uri, 1, "")
	o := next[call.LegArrived](r)
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	ok := w.Await("SIP/2.0 200")
	if !strings.Contains(ok, "m=audio ") || !strings.Contains(ok, "RTP/AVP 0 8 101") {
		t.Errorf("no offer in\n%s", ok)
	}
	w.Send("ACK", uri, 1, siptest.ToTag(ok), siptest.With(siptest.SomeSDP)...)
	d := next[call.LegAnswered](r).Dialog
	if d.Media.Codec != "PCMA" || d.Media.RemoteAddr != "127.0.0.9:45000" || d.Media.EventPayloadType != 101 {
		t.Errorf("media %+v", d.Media)
	}
	w.Send("BYE", uri, 2, siptest.ToTag(ok), `Reason: Q.850;cause=31;text="normal"`)
	w.Await("SIP/2.0 200")
	if e := next[call.LegEnded](r); e.Cause.Q850 != 31 {
		t.Errorf("%+v", e)
	}
}

func TestAnOfferThatItsACKDoesNotAnswerEndsTheCall(t *testing.T) {
	r := start(t)
	w := siptest.NewWire(t, network, r.Addr("udp"))
	uri := "sip:" + ours + "@" + r.Addr("udp").String()
	w.Send("INVITE", uri, 1, "")
	o := next[call.LegArrived](r)
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	ok := w.Await("SIP/2.0 200")
	w.Send("ACK", uri, 1, siptest.ToTag(ok))
	if cause := r.failed(); cause.Reason != call.NotAcceptable {
		t.Errorf("%+v", cause)
	}
	w.Await("BYE ")
}

func TestAUserLearnsTheCallFromEveryResponse(t *testing.T) {
	r := start(t, func(s *directory.Config, _ *sip.Config) { s.Trunks = nil })
	w := siptest.NewWire(t, "127.0.0.1", r.Addr("udp"))
	uri := "sip:bob@" + domain
	w.Send("INVITE", uri, 1, "", siptest.With(siptest.SomeSDP)...)
	no := w.Await("SIP/2.0 401")
	w.Send("ACK", uri, 1, siptest.ToTag(no))
	w.Send("INVITE", uri, 2, "", append([]string{"Authorization: " + siptest.Authorize(t, no, "INVITE", uri, "alice", "wonder"),
		"X-VoIP-Header: topic=a%20bill", "X-VoIP-Header: broken=%", "X-Order: 42"}, siptest.With(siptest.SomeSDP)...)...)
	o := next[call.LegArrived](r)
	if len(o.VoIPHeaders) != 1 || o.VoIPHeaders["topic"] != "a bill" || len(o.SIPHeaders) != 1 || o.SIPHeaders["X-Order"] != "42" {
		t.Errorf("arrived with %v and %v", o.VoIPHeaders, o.SIPHeaders)
	}
	r.Perform(call.Ring{Leg: o.Leg})
	if got := siptest.Header(w.Await("SIP/2.0 180"), "X-Server-Call-Id"); len(got) != 1 || got[0] != o.Call.ServerCallID() {
		t.Errorf("180 says %v", got)
	}
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	ok := w.Await("SIP/2.0 200")
	if got := siptest.Header(ok, "X-Server-Call-Id"); len(got) != 1 || got[0] != o.Call.ServerCallID() {
		t.Errorf("200 says %v", got)
	}
	w.Send("ACK", uri, 2, siptest.ToTag(ok))
	next[call.LegAnswered](r)
	r.Perform(call.HangUp{Leg: o.Leg, Reason: call.Completed})
	next[call.LegEnded](r)
	w.Await("BYE ")
}

func TestAReinviteWithoutAnOfferMovesTheSoundByItsACK(t *testing.T) {
	r := start(t)
	w := siptest.NewWire(t, network, r.Addr("udp"))
	uri := "sip:" + ours + "@" + r.Addr("udp").String()
	w.Send("INVITE", uri, 1, "", siptest.With(siptest.SomeSDP)...)
	o := next[call.LegArrived](r)
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	ok := w.Await("SIP/2.0 200")
	w.Send("ACK", uri, 1, siptest.ToTag(ok))
	next[call.LegAnswered](r)

	ear := siptest.NewWire(t, network, r.Addr("udp"))
	w.Send("INVITE", uri, 2, siptest.ToTag(ok))
	again := w.Await("SIP/2.0 200")
	for !strings.Contains(again, "CSeq: 2 ") {
		again = w.Await("SIP/2.0 200")
	}
	port := ear.Addr().Port()
	w.Send("ACK", uri, 2, siptest.ToTag(ok), siptest.With(strings.Replace(siptest.SomeSDP, "45000", fmt.Sprint(port), 1))...)
	r.echo(o.Leg)
	ear.Await("\x80") // RTP version 2
	r.Perform(call.HangUp{Leg: o.Leg, Reason: call.Completed})
	next[call.LegEnded](r)
	w.Await("BYE ")
}
