package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/media/codec"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/sdp"
	"strowger/internal/sip/ua"
)

// Signals takes what happens on legs. LegArrived is the first signal of its
// call. Signal may wait for room, but not for ever: Run returns when the last
// Signal has.
type Signals interface {
	Signal(id call.ID, sig call.Signal)
}

// Config is what legs are made of.
type Config struct {
	UA        *ua.UA
	Domain    string // the host part of our users
	Directory *directory.Directory
	// Locate is the address of a trunk's host:port, invalid when it is not
	// known; nil knows none.
	Locate func(hostPort string) netip.Addr
	// Ports gives each leg its RTP port, bound on MediaIP (unset or unspecified:
	// on all addresses). The user agent's external address, when it has one, is
	// what SDP says instead.
	Ports   *rtp.Ports
	MediaIP netip.Addr
	Codecs  codec.Set // what legs can do
	// NAT says that far ends may be behind NAT and announce an address at which
	// nobody reaches them. While nothing comes from there, media from the address of
	// their signalling are learnt.
	NAT bool
	// MediaTimeout ends an answered leg from which no media comes; 0: never.
	MediaTimeout time.Duration
	Signals      Signals
	Log          *slog.Logger // nil: nothing is logged
}

// Legs are our end of all SIP calls. New starts nothing, Run serves.
type Legs struct {
	cfg       Config
	log       *slog.Logger
	counters  counters
	newcomers *mailbox[*leg] // legs that Run has not started yet

	mu      sync.Mutex
	legs    map[call.LegID]*leg
	dialogs map[dialogKey]*leg // of callers, and of others who have answered
	// past are the ids that legs had last: a HangUp that crossed the end of its leg,
	// or its move to another call, must not take up the dialog again.
	past     [1024]call.LegID
	nextPast int
	parted   map[dialogKey]bool // dialogs of an earlier process in which goodbye was said
}

// Methods and Extensions are what legs take beside what every user agent does:
// for ua.Config.InDialog and Extensions.
var (
	Methods    = []string{"REFER", "NOTIFY"}
	Extensions = []string{"replaces"}
)

// New checks the configuration.
func New(cfg Config) (*Legs, error) {
	if cfg.UA == nil || cfg.Directory == nil || cfg.Ports == nil || cfg.Signals == nil || cfg.Domain == "" || len(cfg.Codecs) == 0 {
		return nil, errors.New("sip legs: a user agent, a directory, ports, codecs, signals and a domain are needed")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if cfg.Locate == nil {
		cfg.Locate = func(string) netip.Addr { return netip.Addr{} }
	}
	return &Legs{cfg: cfg, log: cfg.Log, newcomers: newMailbox[*leg](), legs: map[call.LegID]*leg{}, dialogs: map[dialogKey]*leg{}, parted: map[dialogKey]bool{}}, nil
}

// Run runs the legs until ctx is done. It leaves their far ends as they are.
func (ls *Legs) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ls.newcomers.wake:
			for _, l := range ls.newcomers.take() {
				wg.Go(func() { l.run(ctx) })
			}
		}
	}
}

// Take makes the leg of a call that has been let in: arrived says everything
// about it but the ids and the application's headers. Its first signal is
// LegArrived. A caller whom no leg can serve is to be refused as it says;
// otherwise release is called once, when the leg is over. It is called within
// ua.Handler.Invite and does not wait.
func (ls *Legs) Take(in *ua.Incoming, from directory.Caller, arrived call.LegArrived, release func()) *ua.Refusal {
	if ls.full() {
		return &ua.Refusal{
			Code: 503, Phrase: "all lines are in use", Headers: ua.Headers{{Name: "Retry-After", Value: "10"}},
			Reason: "all lines are in use: there are as many calls as rtp.ports has room for; widen rtp.ports",
		}
	}
	if len(in.Body) > 0 {
		if _, _, err := (&sdp.Negotiation{Codecs: ls.cfg.Codecs}).Answer(in.Body); err != nil {
			no := offerRefused(err)
			return &no
		}
	}
	var seed [16]byte
	rand.Read(seed[:])
	arrived.Call = call.NewID(seed)
	arrived.Leg = call.NewLegID(arrived.Call, 1)
	arrived.SIPHeaders = customOf(in.Headers)
	if arrived.From.IsUser() {
		arrived.VoIPHeaders = voipOf(in.Headers)
	}
	arrived.Dialog, arrived.Trunk = dialogOf(in.Dialog), from.Trunk()
	l := ls.newLeg(arrived.Leg)
	l.peer, l.incoming, l.offer, l.remote, l.release = from, true, in.Body, in.Source.Addr(), release
	if arrived.From.IsUser() {
		l.headers = ua.Headers{serverCallID(l.id())}
	}
	l.dialog, l.remoteTag = dialogKey{in.Dialog.CallID, in.Dialog.LocalTag}, in.Dialog.RemoteTag
	n := &line{leg: l}
	l.line, l.lines = n, []*line{n}
	l.tasks.put(func() { l.signal(arrived) })
	n.session = in.Take(n)
	ls.counters.arrived.Add(1)
	l.log.Info("call arrived", "from", string(arrived.From), "to", string(arrived.To), "source", in.Source.String(),
		"publish", arrived.Publish, "dial", arrived.Dial)
	if !ls.begin(l) {
		n.session.Reject(503, "", nil)
		release()
	}
	return nil
}

// full reports whether there are as many legs as ports: more of them could only
// wait to be refused.
func (ls *Legs) full() bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return len(ls.legs) >= ls.cfg.Ports.Size()
}

// Perform does what a call asks of a leg: Dial, Ring, AnswerLeg, RejectLeg,
// SendTone, PressTones, Refer, TellReferrer, Readdress or HangUp. It never blocks; what comes
// of it comes back as signals.
// A HangUp of a leg that an earlier process had says goodbye by its Dialog, or
// takes back what was dialled, and signals nothing: that leg ended for its call
// when the process did.
func (ls *Legs) Perform(e call.LegEffect) {
	switch e := e.(type) {
	case call.Dial:
		ls.dial(e)
	case call.Ring:
		ls.ask(e.Leg, (*leg).ring)
	case call.AnswerLeg:
		ls.ask(e.Leg, (*leg).answer)
	case call.RejectLeg:
		ls.ask(e.Leg, func(l *leg) { l.reject(e.Cause) })
	case call.SendTone:
		if l, ok := ls.find(e.Leg); ok {
			l.news(func() { l.press(e.Tone) })
		}
	case call.PressTones:
		ls.ask(e.Leg, func(l *leg) { l.pressAll(e) })
	case call.Refer:
		ls.ask(e.Leg, func(l *leg) { l.refer(e) })
	case call.TellReferrer:
		ls.ask(e.Leg, func(l *leg) { l.tellReferrer(e.Cause) })
	case call.Readdress:
		ls.readdress(e)
	case call.HangUp:
		ls.hangUp(e)
	default:
		panic(fmt.Sprintf("sip: %T is not asked of a leg", e))
	}
}

func (ls *Legs) dial(e call.Dial) {
	l := ls.newLeg(e.Leg)
	l.tasks.put(func() { l.dial(e) })
	ls.begin(l)
}

// ask leaves a task for a leg. A leg that is over has nothing left to do.
func (ls *Legs) ask(id call.LegID, task func(*leg)) bool {
	l, ok := ls.find(id)
	if ok {
		l.tasks.put(func() { task(l) })
	}
	return ok
}

// hangUp ends a leg of ours, or one that an earlier process had.
func (ls *Legs) hangUp(e call.HangUp) {
	if ls.ask(e.Leg, func(l *leg) { l.hangUp(e.Reason) }) || ls.wasHere(e.Leg) {
		return
	}
	switch {
	case e.Dialog != nil && !ls.partsFrom(*e.Dialog):
		return // two calls had it when the process ended: it was moving
	case e.Dialog != nil:
		ls.cfg.UA.Resume(kept(*e.Dialog), nil).Hangup(farewell(e.Reason))
	case e.Dialled.Leg != "":
		ls.takeBack(e.Dialled, farewell(e.Reason))
	default:
		return
	}
	ls.log.Info("ending a leg of an earlier process", "call", string(e.Leg.Call()), "leg", string(e.Leg))
}

// begin gives a leg its goroutine, unless its id is in use.
func (ls *Legs) begin(l *leg) bool {
	ls.mu.Lock()
	_, twice := ls.legs[l.id()]
	if !twice {
		ls.legs[l.id()] = l
		if l.incoming {
			ls.dialogs[l.dialog] = l
		}
	}
	ls.mu.Unlock()
	if twice {
		l.log.Error("leg exists already")
		return false
	}
	ls.newcomers.put(l)
	return true
}

func (ls *Legs) find(id call.LegID) (*leg, bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l, ok := ls.legs[id]
	return l, ok
}

func (ls *Legs) forget(l *leg) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.legs[l.id()] != l {
		return
	}
	delete(ls.legs, l.id())
	if ls.dialogs[l.dialog] == l {
		delete(ls.dialogs, l.dialog)
	}
	ls.passed(l.id())
}

// passed notes an id that no leg has any more. Its caller holds mu.
func (ls *Legs) passed(id call.LegID) {
	ls.past[ls.nextPast] = id
	ls.nextPast = (ls.nextPast + 1) % len(ls.past)
}

func (ls *Legs) wasHere(id call.LegID) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, past := range ls.past {
		if past == id {
			return true
		}
	}
	return false
}

// Media is the sound of a leg, from LegAnswered until the leg is over. It may be
// read and written after that too: it is silent then.
func (ls *Legs) Media(id call.LegID) (*rtp.Session, bool) {
	l, ok := ls.find(id)
	if !ok {
		return nil, false
	}
	s := l.media.Load()
	return s, s != nil
}
