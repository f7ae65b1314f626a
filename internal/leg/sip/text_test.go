package sip

import (
	"net/netip"
	"testing"

	"strowger/internal/call"
	"strowger/internal/sip/ua"
)

func TestTheFarEndIsToldTheAddressThatItReaches(t *testing.T) {
	ip := netip.MustParseAddr
	for _, c := range []struct{ external, media, remote, bind, shown string }{
		{"", "127.0.0.1", "192.0.2.1", "127.0.0.1", "127.0.0.1"},
		{"198.51.100.7", "0.0.0.0", "192.0.2.1", "0.0.0.0", "198.51.100.7"},
		{"198.51.100.7", "10.0.0.5", "192.0.2.1", "10.0.0.5", "198.51.100.7"},
		{"198.51.100.7", "0.0.0.0", "127.0.0.1", "0.0.0.0", "127.0.0.1"}, // beside us: NAT would not bring it back
		{"", "0.0.0.0", "127.0.0.1", "0.0.0.0", "127.0.0.1"},
	} {
		agent, err := ua.New(ua.Config{ExternalIP: c.external})
		if err != nil {
			t.Fatal(err)
		}
		ls := &Legs{cfg: Config{UA: agent, MediaIP: ip(c.media)}}
		bind, shown, err := ls.mediaAddress(ip(c.remote))
		if err != nil || bind != ip(c.bind) || shown != ip(c.shown) {
			t.Errorf("%+v: bound to %v, shown %v, %v", c, bind, shown, err)
		}
	}
}

func TestALocalTimeoutIsNobodysWord(t *testing.T) {
	c := failure(ua.Cause{Origin: ua.Timeout, Code: 408, Phrase: "Request Timeout"})
	if c.Reason != call.Unreachable || c.SIPStatus != 0 {
		t.Errorf("%+v", c)
	}
	c = failure(ua.Cause{Code: 408, Phrase: "Request Timeout"})
	if c.Reason != call.Unreachable || c.SIPStatus != 408 {
		t.Errorf("%+v", c)
	}
}

func TestEveryReasonRefusesACallerWithAFinalStatus(t *testing.T) {
	for _, r := range []call.Reason{
		call.Busy, call.BusyEverywhere, call.Declined, call.NoAnswer, call.Unavailable, call.Unreachable, call.Gone,
		call.UnknownAddress, call.NoTrunk, call.NotAllowed, call.NotAcceptable, call.FarEndFailed, call.Overloaded,
		call.ShutDown, call.Canceled, call.Failed, "something new",
	} {
		if s := statusOf(call.Cause{Reason: r}); s < 400 || s > 699 {
			t.Errorf("%s is told as %d", r, s)
		}
	}
}

func TestCustomHeadersAreBounded(t *testing.T) {
	var many ua.Headers
	for range 100 {
		many = append(many, ua.Header{Name: "X-" + string(rune('A'+len(many)%26)) + string(rune('a'+len(many)/26)), Value: "v"})
	}
	if n := len(customOf(many)); n != customMost {
		t.Errorf("%d pass", n)
	}
	long := ua.Headers{{Name: "X-Long", Value: string(make([]byte, customBytes))}}
	if n := len(customOf(long)); n != 0 {
		t.Error("a header beyond the bound passes")
	}
}
