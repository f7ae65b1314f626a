package directory

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"strowger/internal/call"
)

// visitors are users who were made.
type visitors map[string]User

func (v visitors) User(id string) (User, bool) {
	u, known := v[id]
	return u, known
}

func (v visitors) Any() bool { return len(v) > 0 }

func made(id string, since time.Time, tokens ...string) User {
	var passes []Pass
	for _, t := range tokens {
		passes = append(passes, Pass{Secret: t, MayRegister: true, MayCall: true})
	}
	return User{Name: id, ID: id, Made: true, Since: since, Tokens: slices.Values(passes)}
}

func TestAUserWhoWasMadeIsCalledLikeOneOfTheSettings(t *testing.T) {
	v := visitors{somebody.ID: made(somebody.ID, time.Time{}, "token")}
	d := New(Config{ResourceID: "r", Made: v}, time.Now)
	address := d.Address(somebody.ID)
	if to, err := d.Resolve(ByApplication(), address); err != nil || to != (Application{Address: address}) {
		t.Errorf("without a phone a call goes to %+v, %v", to, err)
	}
	bind(t, d, "udp", Contact{URI: "sip:a@10.0.0.1", Q: 1000, Expires: time.Hour})
	to, err := d.Resolve(ByApplication(), address)
	if at, ok := to.(Endpoints); err != nil || !ok || at.User.ID != somebody.ID || len(at.Bindings) != 1 {
		t.Errorf("a call goes to %+v, %v", to, err)
	}
	d.Forget(somebody.ID)
	if to, err := d.Resolve(ByApplication(), address); err != nil || to != (Application{Address: address}) {
		t.Errorf("once forgotten a call goes to %+v, %v", to, err)
	}
}

func TestAUserIsFoundByEverythingThatStandsInAnAddress(t *testing.T) {
	d := New(Config{ResourceID: "r", Users: []User{somebody}, Made: visitors{"guest": made("guest", time.Time{})}}, time.Now)
	for name, want := range map[string]string{
		"alice": somebody.ID, "ALICE": somebody.ID, somebody.ID: somebody.ID, "8:acs:r_" + somebody.ID: somebody.ID,
		"guest": "guest", "8:acs:R_Guest": "guest", "8:acs:other_guest": "", "nobody": "",
	} {
		if u, _ := d.User(name); u.ID != want {
			t.Errorf("%s is %q, want %q", name, u.ID, want)
		}
	}
	if u, known := d.UserAt(call.Address("8:acs:r_guest")); !known || !u.Made || u.ShownName() != "" {
		t.Errorf("a guest is %+v", u)
	}
}

func TestAPassStandsUntilItIsTakenBack(t *testing.T) {
	v := visitors{"guest": made("guest", time.Time{}, "one", "two")}
	d := New(Config{ResourceID: "r", Made: v}, time.Now)
	guest, pass := v["guest"], Pass{Secret: "two"}
	if !d.Stands(guest, pass) {
		t.Error("a pass that is there does not stand")
	}
	v["guest"] = made("guest", time.Time{}, "one")
	if d.Stands(guest, pass) {
		t.Error("a pass that was taken back stands")
	}
	delete(v, "guest")
	if d.Stands(guest, pass) || d.AnyPasses() {
		t.Error("a pass of nobody stands")
	}
}

// The file may be behind the facts: a process that is killed after a revocation has
// perhaps not written down yet that its registrations are gone.
func TestARegistrationFromBeforeARevocationIsNotTakenUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registrations")
	d, stop := keeping(t, path)
	bind(t, d, "udp", Contact{URI: "sip:a@10.0.0.1", Q: 1000, Expires: time.Hour})
	stop()
	for since, want := range map[time.Time]int{{}: 1, time.Now().Add(-time.Minute): 1, time.Now(): 0} {
		d := New(Config{ResourceID: "r", Made: visitors{somebody.ID: made(somebody.ID, since)}}, time.Now)
		if _, err := OpenKeeper(d, path, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		if at := d.Bindings(somebody.ID); len(at) != want {
			t.Errorf("revoked at %s, there are %d registrations", since, len(at))
		}
	}
}
