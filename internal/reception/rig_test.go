package reception_test

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/media/rtp"
	"strowger/internal/reception"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	domain   = "pbx.test"
	resource = "9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11"
	aliceID  = "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01"
	bobID    = "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c02"
	nobodyID = "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1cff" // an application's user: no person, no phone
	ours     = "+14255550100"

	// The telephone network calls from here, and everybody else from 127.0.0.1.
	network = "127.0.0.9"

	alice = call.Address("8:acs:" + resource + "_" + aliceID)
	bob   = call.Address("8:acs:" + resource + "_" + bobID)
)

// patience is how long a fact may take; a test that waits this long has failed.
const patience = 20 * time.Second

// rig is a reception on loopback with a telephone network beside it. Its legs
// are busy: they take every call and answer 486.
type rig struct {
	*reception.Reception
	t         *testing.T
	ua        *ua.UA
	directory *directory.Directory
	phones    *rtp.Ports
	network   *siptest.Phone
	arrived   chan call.LegArrived
}

// Take is a call that was let in (reception.Legs).
func (r *rig) Take(in *ua.Incoming, _ directory.Caller, arrived call.LegArrived, release func()) *ua.Refusal {
	in.Take(nil).Reject(486, "", nil)
	release()
	r.arrived <- arrived
	return nil
}

// TakeOver is a call that names another one (reception.Legs).
func (r *rig) TakeOver(in *ua.Incoming, _ directory.Caller, arrived call.LegArrived) *ua.Refusal {
	r.arrived <- arrived
	return &ua.Refusal{Code: 481}
}

// plan changes what a rig is made of.
type plan func(*directory.Config, *reception.Config)

func start(t *testing.T, plans ...plan) *rig {
	t.Helper()
	r := &rig{t: t, phones: siptest.Ports(t, 44000, 44999), arrived: make(chan call.LegArrived, 64)}
	r.network = siptest.NewPhoneAt(t, network, "udp", r.phones)
	settings := directory.Config{
		ResourceID: resource,
		Users: []directory.User{
			{Name: "alice", ID: aliceID, Password: "wonder", DisplayName: "Alice", MayDial: []string{"+1555"}},
			{Name: "bob", ID: bobID, Password: "builder"},
		},
		Trunks: []directory.Trunk{{
			Name: "carrier", Address: r.network.Addr().String(), Transport: "udp",
			Prefixes: []string{"+"}, Numbers: []string{ours}, Sources: []netip.Prefix{netip.MustParsePrefix(network + "/32")},
		}},
	}
	cfg := reception.Config{Domain: domain, Legs: r}
	for _, p := range plans {
		p(&settings, &cfg)
	}
	r.directory = directory.New(settings, time.Now)
	cfg.Directory = r.directory
	r.run(cfg)
	return r
}

// run serves until the test ends. Then no call may be left that nobody expected.
func (r *rig) run(cfg reception.Config) {
	r.t.Helper()
	cfg.Admission = reception.NewAdmission(r.directory, time.Now)
	var err error
	r.ua, err = ua.New(ua.Config{Listen: []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"}, Admit: cfg.Admission.Admit, Log: cfg.Log})
	if err != nil {
		r.t.Fatal(err)
	}
	cfg.UA = r.ua
	if r.Reception, err = reception.New(cfg); err != nil {
		r.t.Fatal(err)
	}
	if err := r.ua.Listen(); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = r.Run(ctx) })
	wg.Go(func() { _ = r.ua.Run(ctx, r) })
	r.t.Cleanup(func() {
		cancel()
		wg.Wait()
		if len(r.arrived) > 0 && !r.t.Failed() {
			r.t.Errorf("nobody expected %+v", <-r.arrived)
		}
	})
}

// next is the next call that is let in.
func (r *rig) next() call.LegArrived {
	r.t.Helper()
	select {
	case a := <-r.arrived:
		return a
	case <-time.After(patience):
		r.t.Fatal("no call was let in")
		return call.LegArrived{}
	}
}

// Addr is where SIP is taken.
func (r *rig) Addr(transport string) netip.AddrPort { return r.ua.Addr(transport) }

// hop is how a phone reaches us.
func (r *rig) hop(transport string) ua.Hop {
	return ua.Hop{Transport: transport, Address: r.Addr(transport).String()}
}

// registered is a new phone of a user.
func (r *rig) registered(user, password, transport string) *siptest.Phone {
	r.t.Helper()
	p := siptest.NewPhone(r.t, transport, r.phones)
	if res := p.Register(r.Addr(transport), domain, user, password); res.Code != 200 {
		r.t.Fatalf("%s was not registered: %d %s", user, res.Code, res.Phrase)
	}
	return p
}

// fromNetwork calls a number or user from the telephone network.
func (r *rig) fromNetwork(to string, headers ...ua.Header) *siptest.Call {
	r.t.Helper()
	return r.network.Call(ua.Outgoing{
		RequestURI: "sip:" + to + "@" + r.Addr("udp").String(),
		From:       ua.Party{DisplayName: "Somebody", URI: "sip:+12065550123@carrier.test"},
		To:         ua.Party{URI: "sip:" + to + "@" + domain},
		Headers:    headers, Hop: r.hop("udp"),
	})
}

// fromUser calls from a phone with a user's credentials.
func (r *rig) fromUser(p *siptest.Phone, to, user, password string) *siptest.Call {
	r.t.Helper()
	return p.Call(ua.Outgoing{
		RequestURI: "sip:" + to + "@" + domain, From: ua.Party{URI: "sip:" + user + "@" + domain},
		To: ua.Party{URI: "sip:" + to + "@" + domain}, Hop: r.hop("udp"),
		Credentials: ua.Credentials{Username: user, Password: password},
	})
}

func TestWeRegisterAtATrunkThatWantsIt(t *testing.T) {
	carrier := start(t) // another server, where we have alice's account
	start(t, func(s *directory.Config, c *reception.Config) {
		s.Users = nil
		s.Trunks = []directory.Trunk{{
			Name: "carrier", Address: carrier.Addr("udp").String(), Transport: "udp", Register: true,
			Username: "alice", Password: "wonder", Sources: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		}}
		c.Domain = "other.test"
	})
	deadline := time.Now().Add(patience)
	for len(carrier.directory.Bindings(aliceID)) == 0 {
		if time.Now().After(deadline) {
			t.Fatal("it did not register")
		}
		<-time.After(5 * time.Millisecond)
	}
	if b := carrier.directory.Bindings(aliceID)[0]; !strings.HasPrefix(b.Contact, "sip:alice@127.0.0.1:") {
		t.Errorf("bound %+v", b)
	}
}
