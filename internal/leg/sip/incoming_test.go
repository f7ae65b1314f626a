package sip_test

import (
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/leg/sip"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

func TestACallToOurNumberArrivesRingsAndIsAnswered(t *testing.T) {
	r := start(t)
	c := r.fromNetwork("14255550100", // carriers leave the plus out
		ua.Header{Name: "X-Order", Value: "42"}, ua.Header{Name: "User-To-User", Value: "aa;encoding=hex"},
		ua.Header{Name: "X-Server-Call-Id", Value: "forged"}, ua.Header{Name: "Subject", Value: "no"})
	o := next[call.LegArrived](r)
	if o.From != "4:+12065550123" || o.FromName != "" || o.To != call.PhoneAddress(ours) || !o.Publish || o.Dial {
		t.Errorf("arrived %+v", o)
	}
	if o.Leg != call.NewLegID(o.Call, 1) || o.Call.Key() == "" {
		t.Errorf("call %s, leg %s", o.Call, o.Leg)
	}
	if len(o.SIPHeaders) != 2 || o.SIPHeaders["X-Order"] != "42" || o.SIPHeaders["User-To-User"] != "aa;encoding=hex" {
		t.Errorf("headers %v", o.SIPHeaders)
	}
	r.Perform(call.Ring{Leg: o.Leg})
	if e := c.Await(siptest.Progress); e.Code != 180 {
		t.Errorf("the caller hears %d", e.Code)
	}
	if n := r.ports.InUse(); n != 0 {
		t.Errorf("%d ports are taken by a call that nobody answered", n)
	}
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	r.Perform(call.AnswerLeg{Leg: o.Leg}) // twice is once
	c.AwaitAnswer()
	d := next[call.LegAnswered](r).Dialog
	if d.Caller || d.RemoteTag == "" || d.RemoteTarget == "" || d.Media.Codec != "PCMU" || d.Media.RemoteAddr == "" {
		t.Errorf("dialog %+v", d)
	}
	r.echo(o.Leg)
	c.Talk(700)
	c.AwaitTone(700)
	c.Press("5")
	if tone := next[call.ToneReceived](r); tone.Leg != o.Leg || tone.Tone != '5' {
		t.Errorf("%+v", tone)
	}
	r.Perform(call.HangUp{Leg: o.Leg, Dialog: &d, Reason: call.EndedByApplication})
	if e := next[call.LegEnded](r); e.Cause.Reason != call.EndedByApplication {
		t.Errorf("%+v", e)
	}
	if e := c.Await(siptest.Ended); e.Cause.Origin != ua.Remote {
		t.Errorf("%+v", e.Cause)
	}
}

func TestARejectedCallerSeesTheReasonAsAStatus(t *testing.T) {
	for want, cause := range map[int]call.Cause{
		486: {Reason: call.Busy},
		603: {Reason: call.Declined},
		403: {Reason: call.NotAllowed},
		480: {Reason: call.NoAnswer},
		404: {Reason: call.NoTrunk},
		503: {Reason: call.Overloaded},
		600: {Reason: call.FarEndFailed, SIPStatus: 600},
		500: {Reason: call.FarEndFailed, SIPStatus: 407}, // the trunk's quarrel with us is not the caller's
	} {
		r := start(t)
		c := r.fromNetwork(ours)
		o := next[call.LegArrived](r)
		r.Perform(call.RejectLeg{Leg: o.Leg, Cause: cause})
		if e := c.Await(siptest.Failed); e.Code != want {
			t.Errorf("%+v: the caller sees %d, want %d", cause, e.Code, want)
		}
		if got := r.failed(); got != cause {
			t.Errorf("failed for %+v, want %+v", got, cause)
		}
	}
}

func TestACallerWhoIsHungUpOnBeforeTheAnswerSeesAStatus(t *testing.T) {
	r := start(t)
	c := r.fromNetwork(ours)
	o := next[call.LegArrived](r)
	r.Perform(call.Ring{Leg: o.Leg})
	r.Perform(call.HangUp{Leg: o.Leg, Reason: call.ShutDown})
	if e := c.Await(siptest.Failed); e.Code != 503 {
		t.Errorf("the caller sees %d", e.Code)
	}
	if cause := r.failed(); cause.Reason != call.ShutDown {
		t.Errorf("%+v", cause)
	}
}

func TestACallerWhoGivesUpIsGone(t *testing.T) {
	r := start(t)
	c := r.fromNetwork(ours)
	o := next[call.LegArrived](r)
	r.Perform(call.Ring{Leg: o.Leg})
	c.Await(siptest.Progress)
	c.HangUp()
	if cause := r.failed(); cause.Reason != call.CallerGaveUp {
		t.Errorf("%+v", cause)
	}
	r.Perform(call.AnswerLeg{Leg: o.Leg}) // crossed it
	r.Perform(call.RejectLeg{Leg: o.Leg, Cause: call.Cause{Reason: call.Busy}})
	r.Perform(call.HangUp{Leg: o.Leg, Reason: call.Canceled})
}

func TestACallWithoutACommonCodecIsRefusedAtOnce(t *testing.T) {
	r := start(t)
	for body, status := range map[string]int{
		"v=0\r\no=- 1 1 IN IP4 127.0.0.9\r\ns=-\r\nc=IN IP4 127.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n": 488,
		"this is no description": 400,
	} {
		c := r.network.Call(ua.Outgoing{
			RequestURI: "sip:" + ours + "@" + domain, From: ua.Party{URI: "sip:+12065550123@carrier.test"},
			To: ua.Party{URI: "sip:" + ours + "@" + domain}, Hop: r.hop("udp"), SDP: []byte(body),
		})
		if e := c.Await(siptest.Failed); e.Code != status {
			t.Errorf("%d, want %d for %q", e.Code, status, body)
		}
	}
}

func TestALegOfAnEarlierProcessIsEndedByItsDialog(t *testing.T) {
	first := start(t)
	c := first.fromNetwork(ours)
	o := next[call.LegArrived](first)
	first.Perform(call.AnswerLeg{Leg: o.Leg})
	c.AwaitAnswer()
	d := next[call.LegAnswered](first).Dialog

	second := start(t) // knows nothing of the first
	second.Perform(call.HangUp{Leg: o.Leg, Dialog: &d, Reason: call.NodeLost})
	if e := c.Await(siptest.Ended); e.Cause.Origin != ua.Remote || !strings.Contains(e.Cause.Reason, "Q.850") {
		t.Errorf("%+v", e.Cause)
	}
	second.Perform(call.HangUp{Leg: o.Leg, Reason: call.NodeLost}) // nothing to end it by

	first.Perform(call.HangUp{Leg: o.Leg, Reason: call.NodeLost})
	next[call.LegEnded](first)
}

func TestATrunkBringsNoMoreCallsThanItMay(t *testing.T) {
	r := start(t, func(s *directory.Config, _ *sip.Config) { s.Trunks[0].Limits.Calls = 1 })
	first := r.fromNetwork(ours)
	o := next[call.LegArrived](r)
	if n := r.directory.InUse("carrier"); n != 1 {
		t.Errorf("%d calls count on the trunk", n)
	}
	if e := r.fromNetwork(ours).Await(siptest.Failed); e.Code != 503 || e.Cause.RetryAfter != time.Second {
		t.Errorf("one call too many is answered %d, try again after %v", e.Code, e.Cause.RetryAfter)
	}
	r.Perform(call.Dial{Leg: leg(2), To: "4:+12065550177", From: call.PhoneAddress(ours)})
	if cause := r.failed(); cause.Reason != call.Overloaded { // there is one limit for both directions
		t.Errorf("a call that we place there: %+v", cause)
	}
	r.Perform(call.RejectLeg{Leg: o.Leg, Cause: call.Cause{Reason: call.Busy}})
	first.Await(siptest.Failed)
	r.failed()
	second := r.fromNetwork(ours)
	o = next[call.LegArrived](r)
	r.Perform(call.RejectLeg{Leg: o.Leg, Cause: call.Cause{Reason: call.Busy}})
	second.Await(siptest.Failed)
	r.failed()
}
