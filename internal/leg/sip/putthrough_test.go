package sip_test

import (
	"net/url"
	"strings"
	"testing"

	"strowger/internal/call"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

// through is a Refer-To that names another call of the same phone.
func through(c *siptest.Call, more string) string {
	return "<sip:whoever@elsewhere.test?Replaces=" + url.QueryEscape(naming(c)+more) + ">"
}

// twoCalls are a call to alice's phone and one that the phone has placed.
func twoCalls(r *rig) (first, second *siptest.Call, leg, other call.LegID) {
	r.t.Helper()
	first, answered := r.talking(alice, r.registered("alice", "wonder", "udp"))
	second, other = r.calls("alice", "wonder")
	return first, second, answered.Leg, other
}

// calls is a call from a user's phone that rings here.
func (r *rig) calls(user, password string) (*siptest.Call, call.LegID) {
	r.t.Helper()
	c := siptest.NewPhone(r.t, "udp", r.phones).Call(ua.Outgoing{
		RequestURI: "sip:" + ours + "@" + domain, From: ua.Party{URI: "sip:" + user + "@" + domain}, To: ua.Party{URI: "sip:" + ours + "@" + domain},
		Hop: r.hop("udp"), Credentials: ua.Credentials{Username: user, Password: password},
	})
	id := next[call.LegArrived](r).Leg
	r.Perform(call.Ring{Leg: id})
	c.Await(siptest.Progress)
	return c, id
}

func TestAPhonePutsItsTwoCallsThroughToEachOther(t *testing.T) {
	r := start(t)
	first, second, id, other := twoCalls(r)
	r.Perform(call.AnswerLeg{Leg: other})
	next[call.LegAnswered](r)
	second.AwaitAnswer()
	// Either may be the one in which it says so.
	for _, k := range []struct {
		in, names *siptest.Call
		want      call.LegPutsThrough
	}{
		{first, second, call.LegPutsThrough{Leg: id, Other: other}},
		{second, first, call.LegPutsThrough{Leg: other, Other: id}},
	} {
		if code := k.in.Refer(through(k.names, "")); code != 202 {
			t.Fatalf("answered %d", code)
		}
		if line, _ := k.in.AwaitReport(); line != "SIP/2.0 100 Trying" {
			t.Errorf("at first it is told %s", line)
		}
		if asked := next[call.LegPutsThrough](r); asked != k.want {
			t.Errorf("it became %+v, want %+v", asked, k.want)
		}
		r.Perform(call.TellReferrer{Leg: k.want.Leg, Cause: call.Cause{Reason: call.Completed}})
		if line, state := k.in.AwaitReport(); line != "SIP/2.0 200 OK" || !strings.HasPrefix(state, "terminated") {
			t.Errorf("at last it is told %s, %s", line, state)
		}
	}
	first.HangUp()
	second.HangUp()
	next[call.LegEnded](r)
	next[call.LegEnded](r)
}

func TestAPhonePutsThroughOnlyItsOwnAnsweredCalls(t *testing.T) {
	r := start(t)
	first, second, _, other := twoCalls(r)
	told := func(to, want string) {
		t.Helper()
		if code := first.Refer(to); code != 202 { // a 481 would end the call in which it asked
			t.Fatalf("answered %d", code)
		}
		first.AwaitReport()
		if line, state := first.AwaitReport(); line != want || !strings.HasPrefix(state, "terminated") {
			t.Errorf("it is told %s, %s, want %s", line, state, want)
		}
	}
	told(through(second, ""), "SIP/2.0 481 Call/Transaction Does Not Exist") // it rings: RFC 3891 3
	r.Perform(call.AnswerLeg{Leg: other})
	next[call.LegAnswered](r)
	second.AwaitAnswer()
	told(through(second, ";early-only"), "SIP/2.0 486 Busy Here")

	third, bobs := r.calls("bob", "builder")
	r.Perform(call.AnswerLeg{Leg: bobs})
	next[call.LegAnswered](r)
	third.AwaitAnswer()
	if code := first.Refer(through(third, "")); code != 403 {
		t.Errorf("a call of another user: %d", code)
	}
	if code := first.Refer(through(second, "x")); code != 404 { // not ours: whom it names is
		t.Errorf("a call that is not here: %d", code)
	}
	for _, c := range []*siptest.Call{first, second, third} {
		c.HangUp()
		next[call.LegEnded](r)
	}
}
