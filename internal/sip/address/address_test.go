package address

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAListIsSplitOutsideOfQuotesAndBrackets(t *testing.T) {
	got := List(`"A, \"B" <sip:a,b@x>;q=1 , sip:c@x,, <sip:d@x>`)
	want := []string{`"A, \"B" <sip:a,b@x>;q=1`, "sip:c@x", "", "<sip:d@x>"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestContactsAreReadWithTheirParameters(t *testing.T) {
	cases := map[string]Contact{
		"<sip:alice@192.0.2.1;transport=tcp>;expires=60;q=0.25": {"sip:alice@192.0.2.1;transport=tcp", 250, time.Minute},
		"sip:alice@192.0.2.1:5062":                              {"sip:alice@192.0.2.1:5062", 1000, -1},
		"<sip:alice@192.0.2.1>;expires=soon":                    {"sip:alice@192.0.2.1", 1000, time.Hour},
	}
	for value, want := range cases {
		if got, err := ParseContact(value); err != nil || got != want {
			t.Errorf("%s: %+v, %v", value, got, err)
		}
	}
	for _, bad := range []string{"", "<>", "sip:", "<sip:a@h>;q=2", "<sip:a@h>;q=NaN", "@@@"} {
		if c, err := ParseContact(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, c)
		}
	}
}

func TestURIsAreReadWithoutEscapesAndParameters(t *testing.T) {
	for uri, want := range map[string]Address{
		"sip:alice@PBX.test;lr":            {User: "alice", Host: "pbx.test"},
		"sip:alice:secret@h":               {User: "alice", Password: "secret", Host: "h"},
		"sip:8:acs:r_u@h":                  {User: "8:acs", Password: "r_u", Host: "h"},
		"sip:8%3Aacs%3Ar_u@h":              {User: "8:acs:r_u", Host: "h"},
		"sips:+1425;phone-context=x@h":     {User: "+1425", Context: "x", Host: "h"},
		"sip:030;phone-context=%2B49@h":    {User: "030", Context: "+49", Host: "h"},
		"sip:030@h;phone-context=+49":      {User: "030", Context: "+49", Host: "h"},
		"tel:030;isub=1;Phone-Context=+49": {User: "030", Context: "+49"},
		"sip:bob@[2001:db8::1]:5060":       {User: "bob", Host: "2001:db8::1"},
		"TEL:+1-425;phone-context=a.de":    {User: "+1-425", Context: "a.de"},
	} {
		if a, ok := Parse(uri); !ok || a != want {
			t.Errorf("%s is read as %+v", uri, a)
		}
	}
	for _, bad := range []string{"", "tel:", "mailto:a@b", "sip:%zz@h"} {
		if a, ok := Parse(bad); ok {
			t.Errorf("%q is read as %+v", bad, a)
		}
	}
}

func TestWhatAURIAsksForBesideAnAddressIsRead(t *testing.T) {
	q, ok := ParseQuery("sip:bob@h;method=invite?Replaces=a%40b%3Bto-tag%3D1&Subject=x%20y")
	if !ok || q.Method != "INVITE" || q.Headers["replaces"] != "a@b;to-tag=1" || q.Headers["subject"] != "x y" {
		t.Errorf("%+v, %v", q, ok)
	}
	for _, none := range []string{"sip:bob@h", "tel:+1425"} {
		if q, ok := ParseQuery(none); !ok || q.Method != "" || len(q.Headers) > 0 {
			t.Errorf("%s: %+v, %v", none, q, ok)
		}
	}
	if q, ok := ParseQuery("sip:bob@h?Replaces=%ZZ"); ok {
		t.Errorf("%+v", q)
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	for want, u := range map[string]URI{
		"sip:+1425@192.0.2.1:5060":                        {User: "+1425", HostPort: "192.0.2.1:5060", Transport: "udp"},
		"sip:carrier.test:5061;transport=tls":             {HostPort: "carrier.test:5061", Transport: "tls"},
		"sip:a%20b%2Fc@pbx.test":                          {User: "a b/c", HostPort: "pbx.test"},
		"sip:account%3F@[2001:db8::1]:5070;transport=tcp": {User: "account?", HostPort: "[2001:db8::1]:5070", Transport: "tcp"},
	} {
		if u.String() != want {
			t.Errorf("%+v is written %s, want %s", u, u, want)
		}
		if a, ok := Parse(want); !ok || a.User != u.User {
			t.Errorf("%s is read as %+v", want, a)
		}
	}
}

func FuzzContact(f *testing.F) {
	f.Add(`"A" <sip:a@h;lr?x=y>;expires=1;q=0.1, *`)
	f.Fuzz(func(t *testing.T, value string) {
		for _, v := range List(value) {
			c, err := ParseContact(v)
			if err == nil && (c.URI == "" || c.Q < 0 || c.Q > 1000) {
				t.Fatalf("%q was read as %+v", v, c)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("sip:%2B1425@h;user=phone")
	f.Add("tel:+1-425;ext=1")
	f.Fuzz(func(t *testing.T, uri string) {
		if a, ok := Parse(uri); ok && a.Host != strings.ToLower(a.Host) {
			t.Fatalf("%q is at %q", uri, a.Host)
		}
		ParseQuery(uri)
	})
}
