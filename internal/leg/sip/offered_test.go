package sip_test

import (
	"net/netip"
	"strings"
	"testing"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/leg/sip"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

func TestACallToOurNumberIsOfferedRingsAndIsAnswered(t *testing.T) {
	r := start(t)
	c := r.fromNetwork("14255550100", // carriers leave the plus out
		ua.Header{Name: "X-Order", Value: "42"}, ua.Header{Name: "User-To-User", Value: "aa;encoding=hex"},
		ua.Header{Name: "X-Server-Call-Id", Value: "forged"}, ua.Header{Name: "Subject", Value: "no"})
	o := next[call.LegArrived](r)
	if o.From != "4:+12065550123" || o.FromName != "" || o.To != call.PhoneAddress(ours) || !o.Publish || o.Dial {
		t.Errorf("offered %+v", o)
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

func TestWhoTheNetworkSaysIsCallingIsBelieved(t *testing.T) {
	cases := []struct {
		from    string
		headers ua.Headers
		want    call.Address
	}{
		{"sip:+12065550123@carrier.test", nil, "4:+12065550123"},
		{"sip:12065550123@carrier.test;user=phone", nil, "4:+12065550123"},
		{"sip:0012065550123@carrier.test", nil, "4:+12065550123"},
		{"sip:911@carrier.test", nil, "4:911"},
		{"tel:+1-206-555-0123", nil, "4:+12065550123"},
		{"sip:anonymous@anonymous.invalid", nil, call.Anonymous},
		{"sip:sipp@127.0.0.9", nil, call.Anonymous},
		{"sip:anonymous@anonymous.invalid", ua.Headers{{Name: "P-Asserted-Identity", Value: `"A, B" <sip:+12065550199@carrier.test>`}}, "4:+12065550199"},
		{"sip:+12065550123@carrier.test", ua.Headers{{Name: "Privacy", Value: "id"}}, call.Anonymous},
	}
	r := start(t)
	for _, test := range cases {
		c := r.network.Call(ua.Outgoing{
			RequestURI: "sip:" + ours + "@" + domain, From: ua.Party{URI: test.from}, To: ua.Party{URI: "sip:" + ours + "@" + domain},
			Headers: test.headers, Hop: r.hop("udp"),
		})
		o := next[call.LegArrived](r)
		if o.From != test.want {
			t.Errorf("from %s %v is %s, want %s", test.from, test.headers, o.From, test.want)
		}
		r.Perform(call.RejectLeg{Leg: o.Leg, Cause: call.Cause{Reason: call.Busy}})
		c.Await(siptest.Failed)
		r.failed()
	}
}

func TestTheNetworkReachesOurNumbersAndUsersOnly(t *testing.T) {
	r := start(t)
	r.registered("bob", "builder", "udp")
	for to, want := range map[string]struct {
		address        call.Address
		announce, dial bool
	}{
		"%2B14255550100":                      {call.PhoneAddress(ours), true, false},
		"alice":                               {alice, true, false}, // registered nowhere
		"bob":                                 {bob, true, true},
		bobID:                                 {bob, true, true},
		"8%3Aacs%3A" + resource + "_" + bobID: {bob, true, true},
		nobodyID:                              {call.Address("8:acs:" + resource + "_" + nobodyID), true, false},
	} {
		c := r.fromNetwork(to)
		o := next[call.LegArrived](r)
		if o.To != want.address || o.Publish != want.announce || o.Dial != want.dial {
			t.Errorf("%s: %+v", to, o)
		}
		r.Perform(call.RejectLeg{Leg: o.Leg, Cause: call.Cause{Reason: call.Busy}})
		c.Await(siptest.Failed)
		r.failed()
	}
	for _, to := range []string{"+15550177", "carol", "911"} {
		if e := r.fromNetwork(to).Await(siptest.Failed); e.Code != 404 {
			t.Errorf("%s: %d, want 404", to, e.Code)
		}
	}
	if s := r.Stats(); s.Offered != 6 || s.Refused != 3 {
		t.Errorf("%+v", s)
	}
}

func TestAUserIsWhoThePasswordProvesAndNotWhoFromSays(t *testing.T) {
	r := start(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	c := p.Call(ua.Outgoing{
		RequestURI: "sip:bob@" + domain, From: ua.Party{DisplayName: "The Boss", URI: "sip:boss@elsewhere.test"},
		To: ua.Party{URI: "sip:bob@" + domain}, Hop: r.hop("udp"),
		Credentials: ua.Credentials{Username: "alice", Password: "wonder"},
	})
	o := next[call.LegArrived](r)
	if o.From != alice || o.FromName != "Alice" || o.To != bob {
		t.Errorf("%+v", o)
	}
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	c.AwaitAnswer()
	next[call.LegAnswered](r)
	c.HangUp()
	next[call.LegEnded](r)
}

func TestAUserDialsUsersOurNumbersAndWhatIsAllowed(t *testing.T) {
	r := start(t)
	p := r.registered("alice", "wonder", "udp")
	r.registered("bob", "builder", "tcp")
	for to, want := range map[string]call.LegArrived{
		"bob":       {To: bob, Publish: true, Dial: true},
		ours:        {To: call.PhoneAddress(ours), Publish: true},
		"+15550177": {To: "4:+15550177", Dial: true},
		nobodyID:    {To: call.Address("8:acs:" + resource + "_" + nobodyID), Publish: true},
	} {
		c := r.fromUser(p, to, "alice", "wonder")
		o := next[call.LegArrived](r)
		if o.From != alice || o.To != want.To || o.Publish != want.Publish || o.Dial != want.Dial {
			t.Errorf("%s: %+v", to, o)
		}
		r.Perform(call.RejectLeg{Leg: o.Leg, Cause: call.Cause{Reason: call.Busy}})
		c.Await(siptest.Failed)
		r.failed()
	}
	for to, status := range map[string]int{"+4930123456": 403, "carol": 404} {
		if e := r.fromUser(p, to, "alice", "wonder").Await(siptest.Failed); e.Code != status {
			t.Errorf("%s: %d, want %d", to, e.Code, status)
		}
	}
	foreign := p.Call(ua.Outgoing{
		RequestURI: "sip:bob@elsewhere.test", From: ua.Party{URI: "sip:alice@" + domain}, To: ua.Party{URI: "sip:bob@elsewhere.test"},
		Hop: r.hop("udp"), Credentials: ua.Credentials{Username: "alice", Password: "wonder"},
	})
	if e := foreign.Await(siptest.Failed); e.Code != 404 {
		t.Errorf("another domain: %d, want 404", e.Code)
	}
}

func TestWithoutThePasswordThereIsNoCall(t *testing.T) {
	r := start(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	for _, c := range []*siptest.Call{
		r.fromUser(p, "bob", "alice", ""),
		r.fromUser(p, "bob", "alice", "wrong"),
		r.fromUser(p, ours, "carol", "wonder"),
	} {
		if e := c.Await(siptest.Failed); e.Code != 401 {
			t.Errorf("%d, want 401", e.Code)
		}
	}
	if s := r.Stats(); s.Challenged == 0 || s.WrongPassword != 3 || s.Offered != 0 {
		t.Errorf("%+v", s)
	}
}

// On one machine a trunk and a phone may have the same source.
func TestAUsersNameInFromAsksForThePasswordAlsoAtATrunksSource(t *testing.T) {
	r := start(t)
	c := r.network.Call(ua.Outgoing{
		RequestURI: "sip:" + ours + "@" + domain, From: ua.Party{URI: "sip:alice@" + domain}, To: ua.Party{URI: "sip:" + ours + "@" + domain},
		Hop: r.hop("udp"),
	})
	if e := c.Await(siptest.Failed); e.Code != 401 {
		t.Errorf("%d, want 401", e.Code)
	}
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

func TestAServerThatStopsTakesNoNewCalls(t *testing.T) {
	r := start(t)
	r.Drain()
	if e := r.fromNetwork(ours).Await(siptest.Failed); e.Code != 503 || e.Cause.RetryAfter == 0 {
		t.Errorf("%+v", e.Cause)
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

func TestARegisteredAccountIsCalledByItsNameWithTheNumberInTo(t *testing.T) {
	r := start(t, func(s *directory.Settings, _ *sip.Config) {
		s.Trunks[0].Username = "account7"
		s.Trunks = append(s.Trunks, directory.Trunk{Name: "other", Address: "127.0.0.8:5060", Sources: []netip.Prefix{netip.MustParsePrefix("127.0.0.8/32")}})
	})
	c := r.network.Call(ua.Outgoing{
		RequestURI: "sip:account7@" + r.Addr("udp").String(), From: ua.Party{URI: "sip:+12065550123@carrier.test"},
		To: ua.Party{URI: "sip:+14255550100@carrier.test"}, Hop: r.hop("udp"),
	})
	o := next[call.LegArrived](r)
	if o.To != call.PhoneAddress(ours) {
		t.Errorf("%+v", o)
	}
	r.Perform(call.RejectLeg{Leg: o.Leg, Cause: call.Cause{Reason: call.Busy}})
	c.Await(siptest.Failed)
	r.failed()
}
