package reception_test

import (
	"net/netip"
	"sync/atomic"
	"testing"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/reception"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

func TestWhoTheNetworkSaysIsCallingIsBelieved(t *testing.T) {
	cases := []struct {
		from    string
		headers ua.Headers
		want    call.Address
	}{
		{"sip:+12065550123@carrier.test", nil, "4:+12065550123"},
		{"sip:12065550123@carrier.test;user=phone", nil, "4:12065550123"}, // nobody says which country
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
		a := r.next()
		if a.From != test.want {
			t.Errorf("from %s %v is %s, want %s", test.from, test.headers, a.From, test.want)
		}
		c.Await(siptest.Failed)
	}
}

func TestTheNetworkReachesOurNumbersAndUsersOnly(t *testing.T) {
	r := start(t)
	r.registered("bob", "builder", "udp")
	for to, want := range map[string]struct {
		address       call.Address
		publish, dial bool
	}{
		"%2B14255550100":                      {call.PhoneAddress(ours), true, false},
		"alice":                               {alice, true, false}, // registered nowhere
		"bob":                                 {bob, true, true},
		bobID:                                 {bob, true, true},
		"8%3Aacs%3A" + resource + "_" + bobID: {bob, true, true},
		nobodyID:                              {call.Address("8:acs:" + resource + "_" + nobodyID), true, false},
	} {
		c := r.fromNetwork(to)
		a := r.next()
		if a.To != want.address || a.Publish != want.publish || a.Dial != want.dial {
			t.Errorf("%s: %+v", to, a)
		}
		c.Await(siptest.Failed)
	}
	for _, to := range []string{"+15550177", "carol", "911"} {
		if e := r.fromNetwork(to).Await(siptest.Failed); e.Code != 404 {
			t.Errorf("%s: %d, want 404", to, e.Code)
		}
	}
	if s := r.Stats(); s.Refused != 3 {
		t.Errorf("%+v", s)
	}
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
		a := r.next()
		if a.From != alice || a.To != want.To || a.Publish != want.Publish || a.Dial != want.Dial {
			t.Errorf("%s: %+v", to, a)
		}
		c.Await(siptest.Failed)
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

func TestARegisteredAccountIsCalledByItsNameWithTheNumberInTo(t *testing.T) {
	r := start(t, func(s *directory.Config, _ *reception.Config) {
		s.Trunks[0].Username = "account7"
		s.Trunks = append(s.Trunks, directory.Trunk{Name: "other", Address: "127.0.0.8:5060", Sources: []netip.Prefix{netip.MustParsePrefix("127.0.0.8/32")}})
	})
	c := r.network.Call(ua.Outgoing{
		RequestURI: "sip:account7@" + r.Addr("udp").String(), From: ua.Party{URI: "sip:+12065550123@carrier.test"},
		To: ua.Party{URI: "sip:+14255550100@carrier.test"}, Hop: r.hop("udp"),
	})
	a := r.next()
	if a.To != call.PhoneAddress(ours) {
		t.Errorf("%+v", a)
	}
	c.Await(siptest.Failed)
}

func TestATrunkReachesOurNumbersWhateverHostItNames(t *testing.T) {
	r := start(t)
	for _, host := range []string{"sip.customer.example", "sbc1.customer.example:5060", "203.0.113.77:5060", "pstn.carrier.example;user=phone"} {
		c := r.network.Call(ua.Outgoing{
			RequestURI: "sip:" + ours + "@" + host, From: ua.Party{URI: "sip:+12065550123@carrier.test"},
			To: ua.Party{URI: "sip:" + ours + "@" + host}, Hop: r.hop("udp"),
		})
		if a := r.next(); a.To != call.PhoneAddress(ours) {
			t.Errorf("at %s: %+v", host, a)
		}
		c.Await(siptest.Failed)
	}
}

func TestAServerThatStopsTakesNoNewCalls(t *testing.T) {
	r := start(t)
	r.Drain()
	if e := r.fromNetwork(ours).Await(siptest.Failed); e.Code != 503 || e.Cause.RetryAfter == 0 {
		t.Errorf("%+v", e.Cause)
	}
}

func TestWhoeverCallsWhenNothingCanBeStoredIsToldWhy(t *testing.T) {
	var why atomic.Value
	why.Store("the disk is full")
	r := start(t, func(_ *directory.Config, c *reception.Config) {
		c.Closed = func() string { return why.Load().(string) }
	})
	if e := r.fromNetwork(ours).Await(siptest.Failed); e.Code != 503 || e.Cause.RetryAfter == 0 || e.Cause.Phrase != "the disk is full" {
		t.Errorf("%+v", e.Cause)
	}
	why.Store("")
	if e := r.fromNetwork(ours).Await(siptest.Failed); e.Code != 486 {
		t.Errorf("when there is room again: %+v", e.Cause)
	}
	<-r.arrived
}
