package sip_test

import (
	"strings"
	"testing"

	"strowger/internal/call"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

// instead is a call from a user's phone that wants the place of another one.
func (r *rig) instead(p *siptest.Phone, user, password, replaces string, body []byte) *siptest.Call {
	r.t.Helper()
	return p.Call(ua.Outgoing{
		RequestURI: "sip:anybody@" + domain, From: ua.Party{URI: "sip:" + user + "@" + domain}, To: ua.Party{URI: "sip:anybody@" + domain},
		Headers: ua.Headers{{Name: "Require", Value: "replaces"}, {Name: "Replaces", Value: replaces}}, SDP: body,
		Hop: r.hop("udp"), Credentials: ua.Credentials{Username: user, Password: password},
	})
}

// as the far end of a call names it to us.
func naming(c *siptest.Call) string {
	d := c.Dialog()
	return d.CallID + ";to-tag=" + d.RemoteTag + ";from-tag=" + d.LocalTag
}

func TestAnotherPhoneOfTheSameUserTakesOverACall(t *testing.T) {
	r := start(t)
	first := r.registered("alice", "wonder", "udp")
	c, answered := r.talking(alice, first)
	r.echo(answered.Leg)
	c.Talk(440)
	c.AwaitTone(440)
	second := siptest.NewPhone(t, "udp", r.phones)
	d := r.instead(second, "alice", "wonder", naming(c), nil)
	d.AwaitAnswer()
	c.Await(siptest.Ended)
	replaced := next[call.LegReplaced](r)
	if replaced.Leg != answered.Leg || replaced.From != alice || replaced.Name != "Alice" || replaced.Dialog.CallID != d.Dialog().CallID {
		t.Errorf("%+v", replaced)
	}
	d.Talk(880)
	d.AwaitTone(880)
	// It can be taken over again.
	e := r.instead(second, "alice", "wonder", naming(d), nil)
	e.AwaitAnswer()
	d.Await(siptest.Ended)
	next[call.LegReplaced](r)
	e.HangUp()
	next[call.LegEnded](r)
}

func TestACallIsNotTakenOverByEverybody(t *testing.T) {
	r := start(t)
	c, answered := r.talking(alice, r.registered("alice", "wonder", "udp"))
	r.echo(answered.Leg)
	p := siptest.NewPhone(t, "udp", r.phones)
	for _, k := range []struct {
		user, password, replaces string
		body                     []byte
		want                     int
	}{
		{"bob", "builder", naming(c), nil, 403},
		{"alice", "wonder", "elsewhere;to-tag=1;from-tag=2", nil, 481},
		{"alice", "wonder", naming(c) + "x", nil, 481},
		{"alice", "wonder", "nonsense", nil, 400},
		{"alice", "wonder", naming(c) + ";early-only", nil, 486},
		{"alice", "wonder", naming(c), []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 45000 RTP/AVP 18\r\n"), 488},
	} {
		if e := r.instead(p, k.user, k.password, k.replaces, k.body).Await(siptest.Failed); e.Code != k.want {
			t.Errorf("%s with %s: %d, want %d", k.user, k.replaces, e.Code, k.want)
		}
	}
	c.Talk(440)
	c.AwaitTone(440) // the one that was there talks on
	c.HangUp()
	next[call.LegEnded](r)
}

func TestACallIsTakenOverByOneThatLeavesTheOfferToUs(t *testing.T) {
	r := start(t)
	c, id := r.answered()
	w := siptest.NewWire(t, network, r.Addr("udp"))
	uri := "sip:" + ours + "@" + r.Addr("udp").String()
	w.Send("INVITE", uri, 1, "", "Replaces: "+naming(c))
	ok := w.Await("SIP/2.0 200")
	if !strings.Contains(ok, "m=audio") {
		t.Fatalf("no offer:\n%s", ok)
	}
	w.Send("ACK", uri, 1, siptest.ToTag(ok), siptest.With(siptest.SomeSDP)...)
	c.Await(siptest.Ended)
	replaced := next[call.LegReplaced](r)
	if replaced.Leg != id || replaced.From != "4:+12065550123" || replaced.Dialog.Media.Codec != "PCMA" {
		t.Errorf("%+v", replaced)
	}
	w.Send("BYE", uri, 2, siptest.ToTag(ok))
	next[call.LegEnded](r)
}

func TestACallStaysWhereItIsWhenItsTakerSaysNoMore(t *testing.T) {
	r := start(t)
	c, id := r.answered()
	r.echo(id)
	w := siptest.NewWire(t, network, r.Addr("udp"))
	uri := "sip:" + ours + "@" + r.Addr("udp").String()
	w.Send("INVITE", uri, 1, "", append([]string{"Replaces: " + naming(c)}, siptest.With(siptest.SomeSDP)...)...)
	ok := w.Await("SIP/2.0 200")
	if code := c.Inform("", ""); code != 200 { // it is still the one
		t.Errorf("answered %d", code)
	}
	w.Send("BYE", uri, 2, siptest.ToTag(ok)) // in place of the ACK
	w.Await("SIP/2.0 200")
	c.Talk(440)
	c.AwaitTone(440)
	c.HangUp()
	next[call.LegEnded](r)
}
