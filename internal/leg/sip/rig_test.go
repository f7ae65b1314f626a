package sip_test

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/leg/sip"
	"strowger/internal/media"
	"strowger/internal/media/codec"
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

// rig is a server's SIP side on loopback with a telephone network beside it.
type rig struct {
	*sip.Legs
	t         *testing.T
	ua        *ua.UA
	directory *directory.Directory
	ports     *rtp.Ports // the legs'
	phones    *rtp.Ports
	network   *siptest.Phone
	signals   signals
	clock     *media.Clock
}

// signals is what the switchboard would get.
type signals chan call.Signal

func (s signals) Signal(_ call.ID, sig call.Signal) { s <- sig }

// plan changes what a rig is made of.
type plan func(*directory.Config, *sip.Config)

func start(t *testing.T, plans ...plan) *rig {
	t.Helper()
	r := &rig{
		t: t, phones: siptest.Ports(t, 43000, 43999), ports: siptest.Ports(t, 42000, 42999),
		signals: make(signals, 64), clock: media.NewClock(1),
	}
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
	cfg := sip.Config{
		Domain: domain, Ports: r.ports, MediaIP: netip.MustParseAddr("127.0.0.1"), Codecs: codec.G711, Signals: r.signals,
	}
	if os.Getenv("SIP_LOG") != "" {
		cfg.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	for _, p := range plans {
		p(&settings, &cfg)
	}
	r.directory = directory.New(settings, time.Now)
	cfg.Directory = r.directory
	r.run(cfg)
	return r
}

// run serves until the test ends. Then no leg and no port may be left.
func (r *rig) run(cfg sip.Config) {
	r.t.Helper()
	admission := reception.NewAdmission(r.directory, time.Now)
	agent, err := ua.New(ua.Config{
		Listen: []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0", "tls://127.0.0.1:0"}, TLS: siptest.TLS(r.t), Admit: admission.Admit,
		InDialog: sip.Methods, Extensions: sip.Extensions,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	cfg.UA, cfg.Locate = agent, admission.Locate
	legs, err := sip.New(cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	desk, err := reception.New(reception.Config{
		UA: agent, Admission: admission, Domain: cfg.Domain, Directory: r.directory, Legs: legs, Log: cfg.Log,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := agent.Listen(); err != nil {
		r.t.Fatal(err)
	}
	r.Legs, r.ua = legs, agent
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = legs.Run(ctx) })
	wg.Go(func() { _ = desk.Run(ctx) })
	wg.Go(func() { _ = agent.Run(ctx, desk) })
	wg.Go(func() { _ = r.clock.Run(ctx) })
	r.t.Cleanup(func() {
		r.empty()
		cancel()
		wg.Wait()
	})
}

// Addr is where SIP is taken.
func (r *rig) Addr(transport string) netip.AddrPort { return r.ua.Addr(transport) }

// empty proves that everything that ended gave back what it had.
func (r *rig) empty() {
	r.t.Helper()
	if r.t.Failed() {
		return
	}
	if n := r.Stats().Legs; n != 0 {
		r.t.Errorf("%d legs are left", n)
	}
	if n := r.ports.InUse(); n != 0 {
		r.t.Errorf("%d ports were not given back", n)
	}
	if n := r.directory.InUse("carrier"); n != 0 {
		r.t.Errorf("%d calls still count on the trunk", n)
	}
	select {
	case sig := <-r.signals:
		r.t.Errorf("nobody expected %#v", sig)
	default:
	}
}

// next is the next signal, which must be of this type.
func next[T call.Signal](r *rig) T {
	r.t.Helper()
	select {
	case sig := <-r.signals:
		want, ok := sig.(T)
		if !ok {
			r.t.Fatalf("signal %#v, want %T", sig, want)
		}
		return want
	case <-time.After(patience):
		var want T
		r.t.Fatalf("no signal came, want %T", want)
		return want
	}
}

// failed is why a leg was not answered.
func (r *rig) failed() call.Cause {
	r.t.Helper()
	return next[call.LegFailed](r).Cause
}

var someCall = call.NewID([16]byte{1, 2, 3})

// leg is the id of a leg that the test dials.
func leg(n int) call.LegID { return call.NewLegID(someCall, n) }

// dial asks for a leg to somebody.
func (r *rig) dial(to call.Address) call.LegID {
	id := leg(2)
	r.Perform(call.Dial{Leg: id, To: to, From: call.PhoneAddress(ours)})
	return id
}

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

// room moves the sound of a leg, as the bridge does, and gives back what it hears.
type room struct {
	s     *rtp.Session
	frame [media.Narrowband / 50]int16
	ticks chan struct{} // one for each tick, as long as somebody reads them
}

func (m *room) Tick() {
	if !m.s.ReadFrame(m.frame[:]) {
		clear(m.frame[:])
	}
	m.s.WriteFrame(m.frame[:])
	select {
	case m.ticks <- struct{}{}:
	default:
	}
}

// echo lets a leg hear itself until the test ends.
func (r *rig) echo(id call.LegID) *room {
	r.t.Helper()
	s, ok := r.Media(id)
	if !ok {
		r.t.Fatalf("leg %s has no sound", id)
	}
	m := &room{s: s, ticks: make(chan struct{})}
	r.clock.Attach(m)
	r.t.Cleanup(func() { r.clock.Detach(m) })
	return m
}
