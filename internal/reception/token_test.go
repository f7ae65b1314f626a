package reception_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/reception"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

const (
	guestID = "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c99"
	guest   = call.Address("8:acs:" + resource + "_" + guestID)
)

// made are users who come and go: guests who have tokens.
type made struct {
	mu     sync.Mutex
	passes []directory.Pass
	gone   bool
}

func (m *made) User(id string) (directory.User, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id != guestID || m.gone {
		return directory.User{}, false
	}
	return directory.User{Name: id, ID: id, Made: true, Tokens: slices.Values(slices.Clone(m.passes))}, true
}

func (m *made) Any() bool { return true }

func (m *made) revoke() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.passes = nil
}

var tokens = []directory.Pass{
	{Secret: "a.voip.token", MayRegister: true, MayCall: true, Expires: time.Now().Add(time.Hour)},
	{Secret: "a.join.token", MayRegister: true, Expires: time.Now().Add(10 * time.Minute)},
	{Secret: "a.chat.token", Expires: time.Now().Add(time.Hour)},
}

// guests is a rig with a guest and no other user, so that tokens alone open it.
func guests(t *testing.T) (*rig, *made) {
	t.Helper()
	m := &made{passes: tokens}
	return start(t, func(d *directory.Config, _ *reception.Config) { d.Users, d.Made = nil, m }), m
}

func (r *rig) enter(p *siptest.Phone, name, token string) ua.Response {
	r.t.Helper()
	return p.Register(r.Addr("udp"), domain, name, token)
}

func TestATokenIsThePasswordOfItsUser(t *testing.T) {
	r, _ := guests(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	for _, name := range []string{guestID, "7E0F5A52-6F6E-4A43-9D3C-0D8C5D5A1C99", string(guest)} {
		if res := r.enter(p, name, tokens[0].Secret); res.Code != 200 {
			t.Errorf("as %s: %d %s", name, res.Code, res.Phrase)
		}
	}
	if res := r.enter(p, guestID, "another.token"); res.Code != 401 {
		t.Errorf("with another token: %d %s", res.Code, res.Phrase)
	}
	r.fromUser(p, ours, guestID, tokens[0].Secret)
	if a := r.next(); a.From != guest || a.FromName != "" {
		t.Errorf("%s calls as %q", a.From, a.FromName)
	}
}

func TestScopesSayWhoMayRegisterAndCall(t *testing.T) {
	r, _ := guests(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	for i, want := range []int{200, 200, 403} {
		if res := r.enter(p, guestID, tokens[i].Secret); res.Code != want {
			t.Errorf("%s registers: %d %s, want %d", tokens[i].Secret, res.Code, res.Phrase, want)
		}
	}
	for _, pass := range tokens[1:] {
		if end := r.fromUser(p, ours, guestID, pass.Secret).Await(siptest.Failed); end.Code != 403 {
			t.Errorf("%s calls: %+v", pass.Secret, end)
		}
	}
}

func TestARegistrationEndsWithItsToken(t *testing.T) {
	r, _ := guests(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	if res := r.enter(p, guestID, tokens[1].Secret); res.Code != 200 {
		t.Fatalf("%d %s", res.Code, res.Phrase)
	}
	if b := r.directory.Bindings(guestID); len(b) != 1 || !b[0].Expires.Equal(tokens[1].Expires) {
		t.Errorf("bound is %+v, and the token ends at %s", b, tokens[1].Expires)
	}
}

func TestARevokedTokenOpensNothing(t *testing.T) {
	r, m := guests(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	if res := r.enter(p, guestID, tokens[0].Secret); res.Code != 200 {
		t.Fatalf("%d %s", res.Code, res.Phrase)
	}
	m.revoke()
	r.directory.Forget(guestID)
	if to, err := r.directory.Resolve(directory.ByApplication(), guest); err != nil || to != (directory.Application{Address: guest}) {
		t.Errorf("a call goes to %+v, %v", to, err)
	}
	if res := r.enter(p, guestID, tokens[0].Secret); res.Code != 401 {
		t.Errorf("it registers: %d %s", res.Code, res.Phrase)
	}
	if end := r.fromUser(p, ours, guestID, tokens[0].Secret).Await(siptest.Failed); end.Code != 401 {
		t.Errorf("it calls: %+v", end)
	}
}

func TestAGuestDialsUsersAndOurNumbersOnly(t *testing.T) {
	r, _ := guests(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	for _, to := range []string{ours, nobodyID} {
		r.fromUser(p, to, guestID, tokens[0].Secret)
		if a := r.next(); a.From != guest {
			t.Errorf("%s calls %s", a.From, to)
		}
	}
	if end := r.fromUser(p, "+12065550123", guestID, tokens[0].Secret).Await(siptest.Failed); end.Code != 403 {
		t.Errorf("the telephone network: %+v", end)
	}
}
