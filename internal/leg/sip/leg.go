package sip

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/ua"
)

const (
	// A key that is passed on lasts long enough for every receiver (ITU-T Q.24
	// asks for 40 ms), and short enough to keep up with quick fingers.
	keyTime = 100 * time.Millisecond
	keyGap  = 60 * time.Millisecond
)

// leg is one participant's signalling and sound. Everything that happens to it
// or is asked of it is a task in its mailbox, run in order by one goroutine.
type leg struct {
	legs  *Legs
	tasks *mailbox[func()]
	media atomic.Pointer[rtp.Session] // set once answered
	taker atomic.Pointer[line]        // a call that takes the place of the line; it is refused when the leg ends first

	// known is its id. It gets another when it moves to another call; Legs.mu guards
	// the change.
	known atomic.Pointer[call.LegID]

	// The dialog of a caller, and of others once they have answered; Legs.mu guards
	// them.
	dialog    dialogKey
	remoteTag string
	speaks    bool // it is answered

	// What follows belongs to the goroutine of run.
	log      *slog.Logger
	peer     directory.Caller // who is at the far end; set before it is answered
	incoming bool             // somebody called us; else we dial
	offer    []byte           // the caller's, empty when it wants ours
	remote   netip.Addr       // of the signalling; invalid when it is a name
	headers  ua.Headers       // for responses to one of our users
	name     string           // of the user whom we dial
	lines    []*line          // the caller's, or one for each contact that rings
	line     *line            // the one that matters: the caller's, or the one that was answered
	sound    *sound
	keys     echoes
	pressing sync.WaitGroup    // waits for keys that are being sent
	referral *referral         // of the far end, under way
	referrer string            // id of a referral that the far end asked for and waits for; else empty
	taking   *taker            // what becomes of taker
	replaced *call.LegReplaced // signalled last; nil when the far end is the first
	release  func()            // ends this leg's share of a trunk's limits
	ringing  bool              // LegRinging was signalled
	answered bool              // LegAnswered was signalled
	since    time.Time         // it was answered
	over     bool              // LegFailed or LegEnded was signalled, or nothing is left to be
}

func (ls *Legs) newLeg(id call.LegID) *leg {
	l := &leg{legs: ls, tasks: newMailbox[func()](), log: ls.logOf(id)}
	l.known.Store(&id)
	return l
}

func (ls *Legs) logOf(id call.LegID) *slog.Logger {
	return ls.log.With("call", string(id.Call()), "leg", string(id))
}

func (l *leg) id() call.LegID { return *l.known.Load() }

// run does the leg's tasks until it is over or ctx is done, and then gives
// everything back.
func (l *leg) run(ctx context.Context) {
	defer l.giveBack()
	for !l.over {
		select {
		case <-ctx.Done():
			return
		case <-l.tasks.wake:
		}
		for _, task := range l.tasks.take() {
			if l.over {
				return
			}
			task()
		}
	}
}

func (l *leg) giveBack() {
	l.legs.forget(l)
	if n := l.taker.Load(); n != nil && n != l.line {
		n.session.Hangup(ua.Reason{SIP: 481})
	}
	if l.sound != nil {
		l.sound.close()
		l.pressing.Wait()
		l.sound = nil
	}
	if l.release != nil {
		l.release()
		l.release = nil
	}
}

func (l *leg) signal(sig call.Signal) { l.legs.cfg.Signals.Signal(l.id().Call(), sig) }

// news is a task that may be dropped when the leg has too many.
func (l *leg) news(task func()) bool {
	ok := l.tasks.try(task)
	if !ok {
		l.legs.counters.dropped.Add(1)
	}
	return ok
}

// end is the last thing that a leg does. What it held is free when the signal
// is given.
func (l *leg) end(cause call.Cause) {
	l.over = true
	for _, other := range l.lines {
		other.hangUp(farewell(cause.Reason))
	}
	attributes := append([]any{"answered", l.answered}, cause.Attributes()...)
	if l.answered {
		attributes = append(attributes, l.sound.quality()...)
	}
	l.giveBack()
	l.log.Info("leg ended", attributes...)
	if l.answered {
		l.signal(call.LegEnded{Leg: l.id(), Cause: cause})
		return
	}
	l.signal(call.LegFailed{Leg: l.id(), Cause: cause, Trunk: l.peer.Trunk()})
}

// answeredOn: the conversation begins on this line.
func (l *leg) answeredOn(n *line, d ua.Dialog) {
	l.line, l.answered, l.since = n, true, time.Now()
	l.legs.speaksIn(l, d)
	l.media.Store(l.sound.session)
	l.legs.counters.answered.Add(1)
	l.log.Info("leg answered", "codec", l.sound.params.Codec.Name, "media", l.sound.params.Remote.String())
	dialog := dialogOf(d)
	dialog.Media = l.sound.media()
	l.signal(call.LegAnswered{Leg: l.id(), Name: l.name, Dialog: dialog, TakesRefer: l.takesRefer(d), Trunk: l.peer.Trunk()})
}

// takesRefer reports whether the far end is one to be referred to others.
func (l *leg) takesRefer(d ua.Dialog) bool { return l.peer.Refers() && d.Takes("REFER") }

// hangUp ends the leg because the call asks for it. A caller who is not
// answered sees a status, everyone else a CANCEL or a BYE.
func (l *leg) hangUp(reason call.Reason) {
	if l.waits() && l.sound == nil {
		said := farewell(reason)
		said.SIP = statusOf(call.Cause{Reason: reason})
		l.line.hangUp(said)
	}
	l.end(call.Cause{Reason: reason})
}

// open takes the leg's port.
func (l *leg) open() error {
	var err error
	l.sound, err = l.legs.openSound(l.remote, hearing{
		digit: func(d dtmf.Digit, at time.Time) { l.news(func() { l.pressed(byEvent, d, at) }) },
		// Once for each silence: it may be put, and must not be lost.
		silent: func() { l.tasks.put(l.fellSilent) },
	})
	return err
}

// press sends a key to the far end (RFC 4733), when it said that it takes them.
func (l *leg) press(tone call.Tone) {
	if l.answered && l.sound.params.EventPayloadType != 0 {
		l.sound.session.SendDTMF([]dtmf.Digit{dtmf.Digit(tone)}, keyTime, keyGap)
	}
}

var errNoKeys = errors.New("the far end takes no keys")

// pressAll sends an operation's keys and reports when the last is out.
func (l *leg) pressAll(e call.PressTones) {
	if !l.answered || l.sound.params.EventPayloadType == 0 {
		l.pressedAll(e, errNoKeys)
		return
	}
	digits := make([]dtmf.Digit, len(e.Tones))
	for i, tone := range e.Tones {
		digits[i] = dtmf.Digit(tone)
	}
	sent := l.sound.session.SendDTMF(digits, keyTime, keyGap)
	l.pressing.Go(func() { // until the session closes at the latest
		err := <-sent
		l.tasks.put(func() { l.pressedAll(e, err) })
	})
}

// pressedAll reports to the call that asked, in which the leg need not be any more.
func (l *leg) pressedAll(e call.PressTones, err error) {
	asked := e.Leg.Call()
	if err != nil {
		l.log.Warn("keys were not sent", "operation", int(e.Operation), "error", err)
		l.legs.cfg.Signals.Signal(asked, call.TonesFailed{Operation: e.Operation, Reason: call.TonesNotTaken})
		return
	}
	l.legs.cfg.Signals.Signal(asked, call.TonesSent{Operation: e.Operation})
}

// fellSilent: nothing came for too long. Who is on hold may be silent.
func (l *leg) fellSilent() {
	if l.answered && !l.sound.held() {
		l.end(call.Cause{Reason: call.MediaLost})
	}
}
