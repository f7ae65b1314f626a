package sip

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

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
		x := &Exchange{cfg: Config{MediaIP: ip(c.media)}}
		if c.external != "" {
			x.externalIP = ip(c.external)
		}
		bind, shown, err := x.mediaAddress(ip(c.remote))
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

func TestAListIsSplitOutsideOfQuotesAndBrackets(t *testing.T) {
	got := list(`"A, \"B" <sip:a,b@x>;q=1 , sip:c@x,, <sip:d@x>`)
	want := []string{`"A, \"B" <sip:a,b@x>;q=1`, "sip:c@x", "", "<sip:d@x>"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestContactsAreReadWithTheirParameters(t *testing.T) {
	cases := map[string]contact{
		"<sip:alice@192.0.2.1;transport=tcp>;expires=60;q=0.25": {"sip:alice@192.0.2.1;transport=tcp", 250, time.Minute},
		"sip:alice@192.0.2.1:5062":                              {"sip:alice@192.0.2.1:5062", 1000, -1},
		"<sip:alice@192.0.2.1>;expires=soon":                    {"sip:alice@192.0.2.1", 1000, time.Hour},
	}
	for value, want := range cases {
		if got, err := parseContact(value); err != nil || got != want {
			t.Errorf("%s: %+v, %v", value, got, err)
		}
	}
	for _, bad := range []string{"", "<>", "sip:", "<sip:a@h>;q=2", "<sip:a@h>;q=NaN", "@@@"} {
		if c, err := parseContact(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, c)
		}
	}
}

func TestARawIDIsReadEscapedOrNot(t *testing.T) {
	for uri, want := range map[string]string{
		"sip:8:acs:r_u@h":             "8:acs:r_u",
		"sip:8%3Aacs%3Ar_u@h":         "8:acs:r_u",
		"sip:4:+14255550100@h":        "4:+14255550100",
		"sip:alice:secret@h":          "alice",
		"sip:+1425;phone-context=x@h": "+1425",
	} {
		if p, ok := placeOf(uri); !ok || p.user != want {
			t.Errorf("%s is read as %+v", uri, p)
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

func FuzzContact(f *testing.F) {
	f.Add(`"A" <sip:a@h;lr?x=y>;expires=1;q=0.1, *`)
	f.Fuzz(func(t *testing.T, value string) {
		for _, v := range list(value) {
			c, err := parseContact(v)
			if err == nil && (c.uri == "" || c.q < 0 || c.q > 1000) {
				t.Fatalf("%q was read as %+v", v, c)
			}
		}
	})
}

func FuzzPlace(f *testing.F) {
	f.Add("sip:%2B1425@h;user=phone")
	f.Add("tel:+1-425;ext=1")
	f.Fuzz(func(t *testing.T, uri string) {
		if p, ok := placeOf(uri); ok {
			number := strings.TrimPrefix(e164(p.user), "+")
			if len(number) > 17 || strings.Trim(number, "0123456789") != "" {
				t.Fatalf("%q is the number %q", uri, number)
			}
		}
	})
}
