package directory

import (
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strowger/internal/call"
	"strowger/internal/number"
)

const (
	resource = "9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11"
	aliceID  = "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01"
	bobID    = "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c02"
	botID    = "11111111-2222-4333-8444-555555555555"
	ours     = "+14255550100"
)

var (
	alice   = User{Name: "alice", ID: aliceID, MayDial: []string{"+1555", "911"}}
	bob     = User{Name: "Bob", ID: strings.ToUpper(bobID)}
	carrier = Trunk{Name: "carrier", Prefixes: []string{"+", "911"}, Numbers: []string{ours},
		Sources: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}}
	lab = Trunk{Name: "lab", Prefixes: []string{"+1555010"},
		Sources: []netip.Prefix{netip.MustParsePrefix("198.51.100.7/32"), netip.MustParsePrefix("2001:db8::/32")}}
)

func newDirectory() (*Directory, *clock) {
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	return New(Config{ResourceID: resource, Users: []User{alice, bob}, Trunks: []Trunk{carrier, lab}}, c.Now), c
}

type clock struct{ t time.Time }

func (c *clock) Now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

func TestAUserIsFoundByNameAndIDAndRawID(t *testing.T) {
	d, _ := newDirectory()
	for _, name := range []string{"bob", "Bob", bobID, strings.ToUpper(bobID)} {
		if u, ok := d.User(name); !ok || u.Name != "Bob" {
			t.Errorf("%s is %+v, %v", name, u, ok)
		}
	}
	if u, ok := d.UserAt(d.Address(aliceID)); !ok || u.Name != "alice" {
		t.Errorf("the raw id of alice is %+v, %v", u, ok)
	}
	if d.Address(bob.ID) != call.Address("8:acs:"+resource+"_"+bobID) {
		t.Errorf("bob's raw id is %s", d.Address(bob.ID))
	}
	for _, nobody := range []call.Address{"8:acs:other_" + aliceID, "8:acs:" + resource + "_tenant_" + aliceID, "8:acs:" + resource, "4:+1", "", d.Address(botID)} {
		if u, ok := d.UserAt(nobody); ok {
			t.Errorf("%s is %+v", nobody, u)
		}
	}
	if users := d.Users(); len(users) != 2 || users[0].Name != "Bob" {
		t.Errorf("the users are %+v", users)
	}
}

func TestACallGoesWhereItsAddressLeads(t *testing.T) {
	d, _ := newDirectory()
	register(t, d, aliceID, "sip:alice@192.0.2.1")
	cases := []struct {
		by   Caller
		to   call.Address
		want string
	}{
		{ByApplication(), call.PhoneAddress("+15550100"), "lab +15550100"},
		{ByApplication(), call.PhoneAddress("+15559999"), "carrier +15559999"},
		{ByApplication(), call.PhoneAddress("+442071838750"), "carrier +442071838750"},
		{ByApplication(), call.PhoneAddress("112"), "unknown"},
		{ByApplication(), call.PhoneAddress(ours), "application"},
		{ByUser(alice), call.PhoneAddress(ours), "application"},
		{ByTrunk(carrier), call.PhoneAddress(ours), "application"},
		{ByUser(alice), call.PhoneAddress("+15550100"), "lab +15550100"},
		{ByUser(alice), call.PhoneAddress("911"), "carrier 911"},
		{ByUser(alice), call.PhoneAddress("+442071838750"), "forbidden"},
		{ByUser(bob), call.PhoneAddress("+15550100"), "forbidden"},
		{ByTrunk(carrier), call.PhoneAddress("+15550100"), "forbidden"},
		{ByUser(bob), d.Address(aliceID), "endpoints of alice"},
		{ByTrunk(carrier), d.Address(aliceID), "endpoints of alice"},
		{ByApplication(), call.Address("8:acs:" + strings.ToUpper(resource+"_"+aliceID)), "endpoints of alice"},
		{ByApplication(), d.Address(bobID), "application"}, // registered nowhere
		{ByApplication(), d.Address(botID), "application"},
		{ByApplication(), call.Address("8:acs:another_" + aliceID), "unknown"},
		{ByApplication(), call.Anonymous, "unknown"},
		{ByApplication(), call.PhoneAddress("+1555 0100"), "unknown"},
		{ByApplication(), call.PhoneAddress("+1234567890123456"), "unknown"},
		{ByApplication(), call.Address("28:orgid:" + botID), "unknown"},
		{ByApplication(), "", "unknown"},
	}
	for _, c := range cases {
		if got := describe(d.Resolve(c.by, c.to)); got != c.want {
			t.Errorf("%+v to %s goes to %s, want %s", c.by, c.to, got, c.want)
		}
	}
}

func describe(to Destination, err error) string {
	var refusal *Refusal
	switch to := to.(type) {
	case Endpoints:
		return "endpoints of " + to.User.Name
	case ViaTrunk:
		return to.Trunk.Name + " " + to.Number
	case Application:
		return "application"
	}
	if errors.As(err, &refusal) && refusal.Reason != "" {
		return refusal.Kind.String()
	}
	return "nothing"
}

func TestWhatIsDialledBecomesAnAddress(t *testing.T) {
	d, _ := newDirectory()
	cases := map[string]call.Address{
		"alice":                    d.Address(aliceID),
		"ALICE":                    d.Address(aliceID),
		aliceID:                    d.Address(aliceID),
		botID:                      d.Address(botID),
		string(d.Address(aliceID)): d.Address(aliceID),
		"4:+15550100":              "4:+15550100",
		"+15550100":                "4:+15550100",
		"+1-555-01.00":             "4:+15550100",
		"004930123456":             "4:+4930123456",
		"14255550100":              call.PhoneAddress(ours), // ours, as carriers send it
		"911":                      "4:911",
	}
	for user, want := range cases {
		if got, err := d.Dialled(number.ITU, user, ""); err != nil || got != want {
			t.Errorf("%q is %s, %v; want %s", user, got, err, want)
		}
	}
	for _, user := range []string{"", "carol", "+", "+1x", "1234567890123456", ";ext=1"} {
		if got, err := d.Dialled(number.ITU, user, ""); err == nil {
			t.Errorf("%q was taken for %s", user, got)
		}
	}
}

func TestACallIsKnownByTheNetworkThatItComesFrom(t *testing.T) {
	d, _ := newDirectory()
	cases := map[string]string{
		"198.51.100.1": "carrier", "198.51.100.7": "lab", "::ffff:198.51.100.1": "carrier",
		"2001:db8::1": "lab", "203.0.113.1": "", "::1": "",
	}
	for addr, want := range cases {
		if got, ok := d.TrunkFrom(netip.MustParseAddr(addr)); got.Name != want || ok != (want != "") {
			t.Errorf("%s is from %q, want %q", addr, got.Name, want)
		}
	}
	if _, ok := d.TrunkFrom(netip.Addr{}); ok {
		t.Error("no address at all is from a trunk")
	}
}

func TestTheLongestPrefixWins(t *testing.T) {
	digits := rapid.StringMatching(`\+?[0-9]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		prefixes := rapid.SliceOfDistinct(digits.Filter(func(s string) bool { return s != "" }), rapid.ID[string]).Draw(t, "prefixes")
		number := rapid.StringMatching(`\+?[0-9]{1,10}`).Draw(t, "number")
		var trunks []Trunk
		for _, p := range prefixes {
			trunks = append(trunks, Trunk{Name: "trunk " + p, Prefixes: []string{p}})
		}
		longest := ""
		for _, p := range prefixes {
			if strings.HasPrefix(number, p) && len(p) > len(longest) {
				longest = p
			}
		}
		got, ok := New(Config{Trunks: trunks}, time.Now).trunkFor(number)
		if ok != (longest != "") || ok && got.Name != "trunk "+longest {
			t.Fatalf("%s goes to %q, the longest prefix is %q", number, got.Name, longest)
		}
	})
}

// FuzzDialled: nothing that a phone sends makes the directory panic, and what
// it accepts is a number or a user.
func FuzzDialled(f *testing.F) {
	for _, seed := range []string{"alice", "+1-555;x", "8:acs:a_b", "4:", aliceID, "\x00"} {
		f.Add(seed)
	}
	d, _ := newDirectory()
	f.Fuzz(func(t *testing.T, user string) {
		to, err := d.Dialled(number.ITU, user, "")
		if err != nil {
			return
		}
		if !to.IsPhone() && !to.IsUser() {
			t.Errorf("%q became %q", user, to)
		}
		if to, err := d.Resolve(ByTrunk(carrier), to); err == nil {
			if via, ok := to.(ViaTrunk); ok {
				t.Errorf("a caller from a trunk got out to %+v", via)
			}
		}
	})
}

func TestATrunkCarriesNoMoreThanItsLimits(t *testing.T) {
	c := &clock{time.Now()}
	d := New(Config{Trunks: []Trunk{{Name: "a", Limits: Limits{Calls: 2}}, {Name: "b", Limits: Limits{CallsPerSecond: 2}}, {Name: "c"}}}, c.Now)
	take := func(trunk string) func() {
		t.Helper()
		release, err := d.Take(trunk)
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	requireBusy := func(trunk string) {
		t.Helper()
		if _, err := d.Take(trunk); describe(nil, err) != "busy" {
			t.Errorf("trunk %s answers %v, want busy", trunk, err)
		}
	}

	first := take("a")
	take("a")
	requireBusy("a")
	first()
	first() // again: gives nothing more back
	take("a")
	requireBusy("a")
	if n := d.InUse("a"); n != 2 {
		t.Errorf("trunk a carries %d calls, want 2", n)
	}

	take("b")()
	take("b")()
	requireBusy("b")
	c.advance(500 * time.Millisecond)
	take("b")
	requireBusy("b")
	c.advance(time.Hour)
	take("b")
	take("b")
	requireBusy("b")

	for range 100 {
		take("c")
	}
	if _, err := d.Take("none"); describe(nil, err) != "unknown" {
		t.Errorf("a trunk that is not there answers %v", err)
	}
}

func TestWhatIsHandedOutIsACopy(t *testing.T) {
	d, _ := newDirectory()
	trunks := d.Trunks()
	trunks[0].Name = "spoiled"
	if got := d.Trunks()[0].Name; got != "carrier" {
		t.Errorf("the first trunk is now %s", got)
	}
	register(t, d, aliceID, "sip:a@192.0.2.1")
	d.Bindings(aliceID)[0].Contact = "spoiled"
	if got := contacts(d.Bindings(aliceID)); !reflect.DeepEqual(got, []string{"sip:a@192.0.2.1"}) {
		t.Errorf("alice's contacts are now %v", got)
	}
}
