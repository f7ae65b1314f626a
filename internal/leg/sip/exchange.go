package sip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/media/codec"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/ua"
)

// Signals takes what happens on legs. LegArrived is the first signal of its
// call. Signal may wait for room, but not for ever: Run returns when the last
// Signal has.
type Signals interface {
	Signal(id call.ID, sig call.Signal)
}

// Config says where an exchange stands.
type Config struct {
	// UA says where SIP is spoken. Its Admit, Handler and Methods are the
	// exchange's own.
	UA ua.Config
	// Domain is the realm and the host part of our users.
	Domain    string
	Directory *directory.Directory
	// Ports gives each leg its RTP port, bound on MediaIP (unset or unspecified:
	// on all addresses). UA.ExternalIP, when set, is what SDP says instead.
	Ports   *rtp.Ports
	MediaIP netip.Addr
	Codecs  codec.Set // what legs can do
	// MediaTimeout ends an answered leg from which no media comes; 0: never.
	MediaTimeout time.Duration
	Signals      Signals
	Log          *slog.Logger
	// Now is the clock of nonces and registrations; nil means time.Now.
	Now func() time.Time
}

// Exchange is our end of all SIP legs. New starts nothing, Listen binds, Run serves.
type Exchange struct {
	cfg        Config
	log        *slog.Logger
	now        func() time.Time
	domain     string // in lower case
	externalIP netip.Addr
	own        map[netip.Addr]bool
	ua         *ua.UA
	gate       *gate
	guard      *guard
	counters   counters
	draining   atomic.Bool
	newcomers  *mailbox[*leg] // legs that Run has not started yet

	mu   sync.Mutex
	legs map[call.LegID]*leg
	// past are the legs that were here last: a HangUp that crossed the end of
	// its leg must not take up the dialog again.
	past     [1024]call.LegID
	nextPast int
}

// New checks the configuration.
func New(cfg Config) (*Exchange, error) {
	if cfg.Directory == nil || cfg.Ports == nil || cfg.Signals == nil || cfg.Domain == "" || len(cfg.Codecs) == 0 {
		return nil, errors.New("sip: an exchange needs a directory, ports, codecs, signals and a domain")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	x := &Exchange{
		cfg: cfg, log: cfg.Log, now: cfg.Now, domain: strings.ToLower(cfg.Domain),
		gate: newGate(cfg.Directory, cfg.Now), guard: newGuard(cfg.Domain, cfg.Directory, cfg.Now),
		newcomers: newMailbox[*leg](), legs: map[call.LegID]*leg{},
	}
	if cfg.UA.ExternalIP != "" {
		var err error
		if x.externalIP, err = netip.ParseAddr(cfg.UA.ExternalIP); err != nil {
			return nil, fmt.Errorf("sip: external address: %w", err)
		}
	}
	x.own = ownAddresses(cfg.UA.Listen, x.externalIP)
	var err error
	cfg.UA.Admit, cfg.UA.Handler, cfg.UA.Methods = x.gate.admit, reception{x}, []string{"REGISTER", "OPTIONS"}
	if x.ua, err = ua.New(cfg.UA); err != nil {
		return nil, fmt.Errorf("sip: %w", err)
	}
	return x, nil
}

// Listen binds the SIP sockets, so that Addr is known before Run.
func (x *Exchange) Listen() error { return x.ua.Listen() }

// Addr is the address of the first listener of "udp", "tcp" or "tls".
func (x *Exchange) Addr(transport string) netip.AddrPort { return x.ua.Addr(transport) }

// Run serves until ctx is done and returns when all is quiet. It binds first
// when Listen was not called.
func (x *Exchange) Run(ctx context.Context) error {
	if err := x.Listen(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { x.gate.watch(ctx, net.DefaultResolver) })
	for _, t := range x.cfg.Directory.Trunks() {
		if t.Register {
			g := newRegistration(x, t)
			wg.Go(func() { g.run(ctx) })
		}
	}
	wg.Go(func() { x.startLegs(ctx) })
	err := x.ua.Run(ctx)
	cancel()
	wg.Wait()
	return err
}

// startLegs runs the legs until ctx is done.
func (x *Exchange) startLegs(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-x.newcomers.wake:
			for _, l := range x.newcomers.take() {
				wg.Go(func() { l.run(ctx) })
			}
		}
	}
}

// Perform does what a call asks of a leg: Dial, Ring, AnswerLeg, RejectLeg,
// SendTone or HangUp. It never blocks; what comes of it comes back as signals.
// A HangUp of a leg that an earlier process had says goodbye by its Dialog and
// signals nothing: that leg ended for its call when the process did.
func (x *Exchange) Perform(e call.LegEffect) {
	switch e := e.(type) {
	case call.Dial:
		x.dial(e)
	case call.Ring:
		x.ask(e.Leg, (*leg).ring)
	case call.AnswerLeg:
		x.ask(e.Leg, (*leg).answer)
	case call.RejectLeg:
		x.ask(e.Leg, func(l *leg) { l.reject(e.Cause) })
	case call.SendTone:
		if l, ok := x.find(e.Leg); ok {
			l.news(func() { l.press(e.Tone) })
		}
	case call.HangUp:
		x.hangUp(e)
	default:
		panic(fmt.Sprintf("sip: %T is not asked of a leg", e))
	}
}

func (x *Exchange) dial(e call.Dial) {
	l := x.newLeg(e.Leg)
	l.tasks.put(func() { l.dial(e) })
	x.begin(l)
}

// ask leaves a task for a leg. A leg that is over has nothing left to do.
func (x *Exchange) ask(id call.LegID, task func(*leg)) bool {
	l, ok := x.find(id)
	if ok {
		l.tasks.put(func() { task(l) })
	}
	return ok
}

// hangUp ends a leg of ours, or one that an earlier process had.
func (x *Exchange) hangUp(e call.HangUp) {
	if x.ask(e.Leg, func(l *leg) { l.hangUp(e.Reason) }) || e.Dialog == nil || x.wasHere(e.Leg) {
		return
	}
	x.log.Info("ending a leg of an earlier process", "call", string(e.Leg.Call()), "leg", string(e.Leg))
	x.ua.Resume(kept(*e.Dialog), nil).Hangup(farewell(e.Reason))
}

// begin gives a leg its goroutine, unless its id is in use.
func (x *Exchange) begin(l *leg) bool {
	x.mu.Lock()
	_, twice := x.legs[l.id]
	if !twice {
		x.legs[l.id] = l
	}
	x.mu.Unlock()
	if twice {
		l.log.Error("leg exists already")
		return false
	}
	x.newcomers.put(l)
	return true
}

func (x *Exchange) find(id call.LegID) (*leg, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	l, ok := x.legs[id]
	return l, ok
}

func (x *Exchange) forget(l *leg) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.legs[l.id] != l {
		return
	}
	delete(x.legs, l.id)
	x.past[x.nextPast] = l.id
	x.nextPast = (x.nextPast + 1) % len(x.past)
}

func (x *Exchange) wasHere(id call.LegID) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, past := range x.past {
		if past == id {
			return true
		}
	}
	return false
}

// Media is the sound of a leg, from LegAnswered until the leg is over. It may be
// read and written after that too: it is silent then.
func (x *Exchange) Media(id call.LegID) (*rtp.Session, bool) {
	l, ok := x.find(id)
	if !ok {
		return nil, false
	}
	s := l.media.Load()
	return s, s != nil
}

// Drain refuses new calls (503) from now on, for a server that is stopping.
func (x *Exchange) Drain() { x.draining.Store(true) }

// Quiet waits until every far end has been told what it is owed, or ctx is done.
func (x *Exchange) Quiet(ctx context.Context) error { return x.ua.Quiet(ctx) }

// unwilling says why no new call is taken, if so. Without a port for each leg
// more of them could only wait to be refused.
func (x *Exchange) unwilling() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.draining.Load():
		return "server is stopping"
	case len(x.legs) >= x.cfg.Ports.Size():
		return "all lines are in use"
	}
	return ""
}
