package sip_test

import (
	"fmt"
	"strings"
	"testing"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/leg/sip"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

// talking is a call from us to a user's phone, which has answered.
func (r *rig) talking(user call.Address, p *siptest.Phone) (*siptest.Call, call.LegAnswered) {
	r.t.Helper()
	r.dial(user)
	c := p.Called()
	c.Answer()
	answered := next[call.LegAnswered](r)
	c.Await(siptest.Answered)
	return c, answered
}

// referring trunks may hand calls on, and take that from us.
func referring(s *directory.Config, _ *sip.Config) {
	s.Trunks[0].Refer = true
	s.Trunks = append(s.Trunks, directory.Trunk{Name: "other", Address: "127.0.0.8:5060", Prefixes: []string{"+49"}})
}

func TestAFarEndIsReferredAndSaysHowItWent(t *testing.T) {
	for report, want := range map[string]call.Cause{
		"SIP/2.0 200 OK":               {Reason: call.Completed},
		"SIP/2.0 202 Accepted\r\n":     {Reason: call.Completed},
		"SIP/2.0 486 Busy Here\r\n":    {Reason: call.Busy, SIPStatus: 486, SIPPhrase: "Busy Here"},
		"sip/2.0 603 Decline":          {Reason: call.Declined, SIPStatus: 603, SIPPhrase: "Decline"},
		"SIP/2.0 404\r\nTo: <x>\r\n":   {Reason: call.UnknownAddress, SIPStatus: 404},
		"":                             {Reason: call.Failed}, // over, without a word
		"SIP/2.0 183 Session Progress": {Reason: call.Failed},
	} {
		t.Run(report, func(t *testing.T) {
			r := start(t)
			c, answered := r.talking(alice, r.registered("alice", "wonder", "udp"))
			if !answered.TakesRefer {
				t.Fatal("a phone that says that it takes REFER is not believed")
			}
			r.Perform(call.Refer{Leg: answered.Leg, To: bob})
			q := c.Await(siptest.Asked).Request
			if got := q.Headers.Get("Refer-To"); got != "<sip:bob@pbx.test>" {
				t.Errorf("referred to %s", got)
			}
			if got := q.Headers.Get("Referred-By"); got != "<sip:+14255550100@pbx.test>" || q.Headers.Get("Contact") == "" {
				t.Errorf("referred by %s: %v", got, q.Headers)
			}
			q.Respond(202, "", nil, nil)
			next[call.LegReferred](r)
			if code := c.Report("SIP/2.0 180 Ringing\r\n", "active;expires=30"); code != 200 {
				t.Errorf("answered %d", code)
			}
			if code := c.Report(report, "terminated;reason=noresource"); code != 200 {
				t.Errorf("answered %d", code)
			}
			if ended := next[call.LegReferralEnded](r); ended.Cause != want {
				t.Errorf("it ended with %+v, want %+v", ended.Cause, want)
			}
			if code := c.Report("SIP/2.0 200 OK", "terminated"); code != 481 {
				t.Errorf("another report is answered %d", code)
			}
			c.HangUp()
			next[call.LegEnded](r)
		})
	}
}

func TestAReportMayBeFasterThanTheAnswerToREFER(t *testing.T) {
	r := start(t)
	c, answered := r.talking(alice, r.registered("alice", "wonder", "tcp"))
	r.Perform(call.Refer{Leg: answered.Leg, To: "4:+15550177"})
	q := c.Await(siptest.Asked).Request
	if got := q.Headers.Get("Refer-To"); got != "<sip:+15550177@pbx.test>" {
		t.Errorf("referred to %s", got)
	}
	c.Report("SIP/2.0 200 OK", "terminated")
	next[call.LegReferred](r)
	next[call.LegReferralEnded](r)
	q.Respond(202, "", nil, nil)
	c.HangUp()
	next[call.LegEnded](r)
}

func TestAFarEndIsNotReferredWhereItCannotGo(t *testing.T) {
	r := start(t)
	c, answered := r.talking(bob, r.registered("bob", "builder", "udp"))
	for _, to := range []call.Address{"4:+15550177", "8:acs:another_resource", "8:orgid:x"} { // bob may dial no numbers
		r.Perform(call.Refer{Leg: answered.Leg, To: to})
		next[call.LegNotReferred](r)
	}
	r.Perform(call.Refer{Leg: answered.Leg, To: alice})
	c.Await(siptest.Asked).Request.Respond(603, "", nil, nil)
	next[call.LegNotReferred](r)
	for body, want := range map[string]int{"nonsense": 400, "SIP/2.0 99 x": 400, "SIP/2.0 OK": 400} {
		r.Perform(call.Refer{Leg: answered.Leg, To: alice})
		c.Await(siptest.Asked).Request.Respond(202, "", nil, nil)
		next[call.LegReferred](r)
		if code := c.Report(body, "active"); code != want {
			t.Errorf("%q is answered %d, want %d", body, code, want)
		}
		// One at a time: the second is for the call to place.
		r.Perform(call.Refer{Leg: answered.Leg, To: alice})
		next[call.LegNotReferred](r)
		c.Report("SIP/2.0 500 Failed", "terminated")
		next[call.LegReferralEnded](r)
	}
	if code := c.Send("NOTIFY", ua.Headers{{Name: "Event", Value: "presence"}}, ""); code != 489 {
		t.Errorf("another event package is answered %d", code)
	}
	c.HangUp()
	next[call.LegEnded](r)
}

func TestATrunkIsReferredToItsOwnNumbersWhenItWasSetUpSo(t *testing.T) {
	answer := func(r *rig) (*siptest.Call, call.LegAnswered) {
		r.dial("4:+12065550123")
		c := r.network.Called()
		c.Answer()
		return c, next[call.LegAnswered](r)
	}
	r := start(t)
	c, answered := answer(r)
	if answered.TakesRefer {
		t.Error("a trunk is referred though nobody set it up so")
	}
	c.HangUp()
	next[call.LegEnded](r)

	r = start(t, referring)
	c, answered = answer(r)
	if !answered.TakesRefer {
		t.Error("a trunk is not referred though it was set up so")
	}
	for _, to := range []call.Address{"4:+4930123456", bob, call.PhoneAddress(ours)} {
		r.Perform(call.Refer{Leg: answered.Leg, To: to})
		next[call.LegNotReferred](r)
	}
	r.Perform(call.Refer{Leg: answered.Leg, To: "4:+12065550199"})
	q := c.Await(siptest.Asked).Request
	if got, want := q.Headers.Get("Refer-To"), fmt.Sprintf("<sip:+12065550199@%s>", r.network.Addr()); got != want {
		t.Errorf("referred to %s, want %s", got, want)
	}
	q.Respond(202, "", nil, nil)
	next[call.LegReferred](r)
	c.HangUp()
	next[call.LegEnded](r)
}

func TestAFarEndThatRefersIsToldHowItWent(t *testing.T) {
	for want, cause := range map[string]call.Cause{
		"SIP/2.0 200 OK":                      {Reason: call.Completed},
		"SIP/2.0 486 Busy Here":               {Reason: call.Busy, SIPStatus: 486},
		"SIP/2.0 480 Temporarily Unavailable": {Reason: call.NoAnswer},
	} {
		t.Run(want, func(t *testing.T) {
			r := start(t)
			c, answered := r.talking(alice, r.registered("alice", "wonder", "udp"))
			if code := c.Refer(`"Bob" <sip:bob@pbx.test>`); code != 202 {
				t.Fatalf("answered %d", code)
			}
			if line, state := c.AwaitReport(); line != "SIP/2.0 100 Trying" || !strings.HasPrefix(state, "active") {
				t.Errorf("at first it is told %s, %s", line, state)
			}
			if asked := next[call.LegRefers](r); asked != (call.LegRefers{Leg: answered.Leg, To: bob}) {
				t.Errorf("it became %+v", asked)
			}
			if code := c.Refer("<sip:bob@pbx.test>"); code != 491 {
				t.Errorf("a second one at the same time is answered %d", code)
			}
			r.Perform(call.TellReferrer{Leg: answered.Leg, Cause: cause})
			if line, state := c.AwaitReport(); line != want || !strings.HasPrefix(state, "terminated") {
				t.Errorf("at last it is told %s, %s", line, state)
			}
			c.HangUp()
			next[call.LegEnded](r)
		})
	}
}

func TestAFarEndRefersToWhomItMightCall(t *testing.T) {
	r := start(t)
	c, answered := r.talking(alice, r.registered("alice", "wonder", "udp"))
	for to, want := range map[string]int{
		"":                                  400,
		"<sip:bob@pbx.test>>":               400,
		"<sip:bob@pbx.test;method=BYE>":     501,
		"<mailto:bob@pbx.test>":             416,
		"<sip:bob@elsewhere.test>":          404,
		"<sip:carol@pbx.test>":              404,
		"<sip:+4930123456@pbx.test>":        403,
		"<sip:bob@pbx.test?Replaces=a%3Bb>": 400,
		"<sip:bob@pbx.test?Replaces=%ZZ>":   400,
	} {
		if code := c.Refer(to); code != want {
			t.Errorf("%s is answered %d, want %d", to, code, want)
		}
	}
	if code := c.Send("REFER", ua.Headers{{Name: "Refer-To", Value: "<sip:bob@pbx.test>"}, {Name: "Refer-To", Value: "<sip:bob@pbx.test>"}}, ""); code != 400 {
		t.Errorf("two Refer-To are answered %d", code)
	}
	for to, want := range map[string]call.LegRefers{
		"sip:bob@pbx.test": {To: bob},
		fmt.Sprintf("<sip:%s@%s;method=INVITE>", ours, r.Addr("udp")): {To: call.PhoneAddress(ours)},
		"tel:+1-555-0177": {To: "4:+15550177"},
		"<sip:bob@pbx.test?Replaces=there%40x%3Bto-tag%3D1%3Bfrom-tag%3D2>": {To: bob, Replaces: "there@x;to-tag=1;from-tag=2"},
	} {
		if code := c.Refer(to); code != 202 {
			t.Fatalf("%s is answered %d", to, code)
		}
		c.AwaitReport()
		want.Leg = answered.Leg
		if asked := next[call.LegRefers](r); asked != want {
			t.Errorf("%s became %+v, want %+v", to, asked, want)
		}
		r.Perform(call.TellReferrer{Leg: answered.Leg, Cause: call.Cause{Reason: call.Busy}})
		c.AwaitReport()
	}
	c.HangUp()
	next[call.LegEnded](r)
}

func TestATrunkRefersWhenItWasSetUpSo(t *testing.T) {
	r := start(t)
	c, _ := r.answered()
	if code := c.Refer("<sip:bob@pbx.test>"); code != 403 {
		t.Errorf("answered %d", code)
	}
	c.HangUp()
	next[call.LegEnded](r)

	r = start(t, referring)
	c, id := r.answered()
	if code := c.Refer("<sip:+4930123456@carrier.test>"); code != 403 {
		t.Errorf("a number of another trunk is answered %d", code)
	}
	for to, want := range map[string]call.Address{"bob": bob, "+12065550199": "4:+12065550199"} {
		if code := c.Refer("<sip:" + to + "@carrier.test>"); code != 202 {
			t.Fatalf("%s is answered %d", to, code)
		}
		if asked := next[call.LegRefers](r); asked.To != want {
			t.Errorf("%s became %+v", to, asked)
		}
		r.Perform(call.TellReferrer{Leg: id, Cause: call.Cause{Reason: call.Completed}})
		c.AwaitReport()
	}
	c.HangUp()
	next[call.LegEnded](r)
}

func TestACallThatReplacesAnotherSaysSo(t *testing.T) {
	r := start(t)
	p := r.registered("bob", "builder", "udp")
	id := leg(2)
	r.Perform(call.Dial{Leg: id, To: bob, From: alice, Replaces: "there@x;to-tag=1;from-tag=2"})
	c := p.Called()
	if got := c.In.Headers.Get("Replaces"); got != "there@x;to-tag=1;from-tag=2" || c.In.Headers.Get("Require") != "replaces" {
		t.Errorf("Replaces %q, Require %q", got, c.In.Headers.Get("Require"))
	}
	c.Reject(481)
	next[call.LegFailed](r)
}
