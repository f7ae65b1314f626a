package reception_test

import (
	"testing"

	"strowger/internal/directory"
	"strowger/internal/reception"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

func TestAUserIsWhoThePasswordProvesAndNotWhoFromSays(t *testing.T) {
	r := start(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	c := p.Call(ua.Outgoing{
		RequestURI: "sip:bob@" + domain, From: ua.Party{DisplayName: "The Boss", URI: "sip:boss@elsewhere.test"},
		To: ua.Party{URI: "sip:bob@" + domain}, Hop: r.hop("udp"),
		Credentials: ua.Credentials{Username: "alice", Password: "wonder"},
	})
	a := r.next()
	if a.From != alice || a.FromName != "Alice" || a.To != bob {
		t.Errorf("%+v", a)
	}
	c.Await(siptest.Failed)
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
	if s := r.Stats(); s.Challenged == 0 || s.WrongPassword != 3 {
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

func TestAStrangerIsNotEvenHeardWhenThereIsNobodyWhoMightBeOne(t *testing.T) {
	r := start(t, func(s *directory.Config, _ *reception.Config) { s.Users = nil })
	stranger := siptest.NewWire(t, "127.0.0.66", r.Addr("udp"))
	stranger.Send("INVITE", "sip:"+ours+"@"+domain, 1, "", siptest.With(siptest.SomeSDP)...)
	stranger.Send("OPTIONS", "sip:"+domain, 2, "")
	// What comes after theirs is answered, and theirs is not.
	friend := siptest.NewWire(t, network, r.Addr("udp"))
	friend.Send("OPTIONS", "sip:"+domain, 1, "")
	friend.Await("SIP/2.0 200")
	if n, s := r.ua.Counters().Refused, r.Stats(); n != 2 || s.Challenged != 0 {
		t.Errorf("%d were not heard, %+v", n, s)
	}
	stranger.Silent()
}

func TestAScannerHearsNothingButAChallenge(t *testing.T) {
	r := start(t)
	stranger := siptest.NewWire(t, "127.0.0.66", r.Addr("udp"))
	for i, uri := range []string{"sip:" + ours + "@" + domain, "sip:nobody@" + domain, "sip:alice@" + domain} {
		for j, method := range []string{"INVITE", "OPTIONS", "REGISTER"} {
			stranger.Send(method, uri, 10*i+j+1, "")
			no := stranger.Await("SIP/2.0 401")
			if method == "INVITE" {
				stranger.Send("ACK", uri, 10*i+j+1, siptest.ToTag(no))
			}
			if n := len(siptest.Header(no, "WWW-Authenticate")); n != 2 {
				t.Errorf("%d challenges in\n%s", n, no)
			}
		}
	}
	if s := r.Stats(); s.Challenged != 9 {
		t.Errorf("%+v", s)
	}
}

func TestAFloodOfStrangersIsCutOff(t *testing.T) {
	r := start(t)
	stranger := siptest.NewWire(t, "127.0.0.66", r.Addr("udp"))
	const many = 400
	for i := range many {
		stranger.Send("OPTIONS", "sip:"+domain, i+1, "")
	}
	friend := siptest.NewWire(t, network, r.Addr("udp"))
	friend.Send("OPTIONS", "sip:"+domain, 1, "")
	friend.Await("SIP/2.0 200")
	if n := r.ua.Counters().Refused; n < many/4 {
		t.Errorf("%d of %d were not listened to", n, many)
	}
}

func TestOptionsAreAnsweredToThoseWhomWeKnow(t *testing.T) {
	r := start(t)
	p := r.registered("alice", "wonder", "udp")
	ask := func(p *siptest.Phone) int {
		return p.Ask(ua.OutgoingRequest{Method: "OPTIONS", RequestURI: "sip:" + domain, From: ua.Party{URI: "sip:x@x.test"}, To: ua.Party{URI: "sip:" + domain}, Hop: r.hop("udp")}).Code
	}
	if code := ask(p); code != 200 {
		t.Errorf("a user's phone hears %d", code)
	}
	if code := ask(r.network); code != 200 {
		t.Errorf("a trunk hears %d", code)
	}
	if code := ask(siptest.NewPhoneAt(t, "127.0.0.66", "udp", r.phones)); code != 401 {
		t.Errorf("a stranger hears %d", code)
	}
}
