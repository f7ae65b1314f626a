package switchboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"strowger/internal/call"
)

// mailboxSize bounds what may wait for one call.
const mailboxSize = 128

// storeRetry is the pause between attempts to store a signal's step. Where there is
// no room it grows: all calls wait for the same.
const (
	storeRetry     = 250 * time.Millisecond
	storeRetryMost = 2 * time.Second
)

// actor owns one call: its state, in which its timers are, and its place in
// the journal.
type actor struct {
	board   *Switchboard
	key     call.Key
	opens   call.ID // the call begins with this actor; its log says so too
	first   kind    // of the message that it was made for
	mailbox chan message
	done    chan struct{} // closed when the actor takes no more
	blocked atomic.Bool   // a signal waits for room in the journal

	// Owned by run.
	call   *call.Call
	log    Log
	spoilt bool // the state is what could be told of one that cannot be read
	slog   *slog.Logger
}

func newActor(s *Switchboard, key call.Key, m message) *actor {
	a := &actor{
		board: s, key: key, opens: m.opens, first: m.kind,
		mailbox: make(chan message, mailboxSize), done: make(chan struct{}),
		slog: s.cfg.Log.With("key", string(key)),
	}
	a.mailbox <- m
	return a
}

// run lives as long as there is a call to own, or until ctx is done.
func (a *actor) run(ctx context.Context) {
	defer close(a.done) // whoever waits asks another actor
	defer a.board.remove(a)
	if err := a.open(ctx); err != nil {
		a.refuseAll(err)
		return
	}
	a.slog = a.board.cfg.Log.With("call", string(a.call.State().ID))
	if a.spoilt && !a.act(ctx, newMessage(signal, call.NodeRestarted{})) {
		return
	}
	if a.first == signal && !a.act(ctx, <-a.mailbox) { // it has happened, whichever timers are due by now
		return
	}
	for {
		m, err := a.next(ctx)
		if err != nil || !a.act(ctx, m) {
			return
		}
	}
}

// act runs one turn and reports whether there is still a call to own.
func (a *actor) act(ctx context.Context, m message) bool {
	if err := a.turn(ctx, m); err != nil {
		a.slog.Error("call given up by this process; whoever needs it next reloads it from the journal", "input", name(m.in), "error", err)
		return false
	}
	if a.call.Over() {
		a.refuseAll(nil)
		return false
	}
	return a.begun() // if not, what waits is given to another actor, which may begin the call
}

// begun reports whether a step of the call was ever stored.
func (a *actor) begun() bool { return a.call.State().Step > 0 }

// open finds the call in the journal, or begins it. A signal that begins a
// call is the first that anybody hears of it, so the journal is not asked; any
// other signal waits until the journal can be read.
func (a *actor) open(ctx context.Context) error {
	if a.first == signal && a.opens != "" {
		a.begin()
		return nil
	}
	err := a.load(ctx)
	if a.first == signal && !settled(err) {
		err = a.restore(ctx)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnreadable):
		return a.salvage(err)
	case errors.Is(err, ErrUnknown):
		return call.NoCall()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.slog.Error(cannotRead, "error", err)
	return errNotRead
}

// settled reports whether loading again would end as it did.
func settled(err error) bool {
	return err == nil || errors.Is(err, ErrUnknown) || errors.Is(err, ErrUnreadable)
}

func (a *actor) begin() {
	a.call, a.log = call.New(a.opens), a.board.cfg.Journal.Begin(a.key)
}

// load takes the call as the journal has it. One that is not there begins, when
// this actor was made for that.
func (a *actor) load(ctx context.Context) error {
	state, log, err := a.board.cfg.Journal.Load(ctx, a.key)
	switch {
	case errors.Is(err, ErrUnknown) && a.opens != "":
		a.begin()
		return nil
	case err == nil, errors.Is(err, ErrUnreadable) && log != nil:
		a.call, a.log = call.Restore(state), log
	}
	return err
}

const cannotRead = "the journal cannot be read: check the disk under data_dir, or the NATS cluster"

// errNotRead: there is no call to give a command to before it can be read.
var errNotRead = &call.Error{Kind: call.OutOfService, Reason: "The call cannot be read from the journal now: nothing was done."}

// restore goes back to what the journal has, however long that takes. It fails
// when the journal has lost the call, or when ctx is done.
func (a *actor) restore(ctx context.Context) error {
	for {
		if err := sleep(ctx, storeRetry); err != nil {
			return err
		}
		err := a.load(ctx)
		if settled(err) {
			return err
		}
		a.slog.Error(cannotRead, "error", err)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refuseAll answers what is still in the mailbox of a call that is over, or
// that could not be opened. A signal that was delivered to a call that is over may be
// news, and a command may open the next one: both have to be stored, and whoever
// waits for them asks another actor.
func (a *actor) refuseAll(why error) {
	for {
		select {
		case m := <-a.mailbox:
			if why != nil || m.kind != signal && m.opens == "" {
				m.answer(a.last(m, why))
			}
		default:
			return
		}
	}
}

// last is what comes of a message that the actor does not act upon any more.
func (a *actor) last(m message, why error) reply {
	switch {
	case why != nil:
		return reply{err: why}
	case m.kind == look:
		return reply{state: a.call.State().Clone()}
	}
	out, err := a.step(m) // the rules know what an ended call says
	return reply{answer: out.Answer, err: err}
}

// turn runs one step. An error means that memory is ahead of the journal or
// that another owns the call: the actor stops.
func (a *actor) turn(ctx context.Context, m message) error {
	if m.kind == look {
		m.answer(reply{state: a.call.State().Clone()})
		return nil
	}
	was := a.call.State().ID
	out, err := a.step(m)
	if err != nil {
		a.refused(m, err)
		return nil
	}
	if out.Changed {
		if out, err = a.store(ctx, m, out); err != nil {
			m.answer(reply{err: err})
			return a.goBack(ctx, err)
		}
	}
	if id := a.call.State().ID; id != was {
		a.board.stats.begun.Add(1)
		a.slog = a.board.cfg.Log.With("call", string(id))
	}
	m.answer(reply{answer: out.Answer})
	a.perform(ctx, out)
	return nil
}

func (a *actor) step(m message) (call.Output, error) {
	return a.call.Step(a.board.clock.now(), m.in)
}

// errNotStored: a command was given up because the journal did not take it.
var errNotStored = &call.Error{Kind: call.OutOfService, Reason: "The journal did not take the command: nothing was done."}

// goBack lets a call go on without a command that was given up: from what the
// journal has.
func (a *actor) goBack(ctx context.Context, givenUp error) error {
	if givenUp != errNotStored && givenUp != errNoRoom && givenUp != errFull {
		return givenUp
	}
	return a.reload(ctx)
}

// reload is restore without a pause before the first try.
func (a *actor) reload(ctx context.Context) error {
	err := a.load(ctx)
	if !settled(err) {
		err = a.restore(ctx)
	}
	return err
}

func (a *actor) refused(m message, err error) {
	a.board.stats.refused.Add(1)
	a.slog.Info("refused", "input", name(m.in), "reason", err)
	a.log.Noted(m.in, call.Answer{}, err)
	m.answer(reply{err: err})
}

// store appends the step, which takes as long as nobody can say whether it is
// stored. A command that was not is given up. A signal cannot be taken back: it is
// stepped and stored again until the journal takes it, whoever waits for it.
// Where its step can never be stored, the call ends.
func (a *actor) store(ctx context.Context, m message, out call.Output) (call.Output, error) {
	for pause := storeRetry; ; pause = min(2*pause, storeRetryMost) {
		a.log.Noted(m.in, out.Answer, nil)
		err := a.log.Append(ctx, a.call.State(), out.Events, out.Usage...)
		if err == nil {
			a.stored()
			return out, nil
		}
		if errors.Is(err, ErrFenced) || ctx.Err() != nil {
			return call.Output{}, err
		}
		if errors.Is(err, ErrTooLarge) {
			return a.outgrown(ctx, m, out)
		}
		a.board.stats.failures.Add(1)
		if err := a.giveUp(m, err); err != nil {
			return call.Output{}, err
		}
		if errors.Is(err, ErrNoRoom) { // it is certain that nothing was stored: the state is as it was
			if err := sleep(ctx, pause); err != nil {
				return call.Output{}, err
			}
			continue
		}
		if err := a.restore(ctx); err != nil {
			return call.Output{}, err
		}
		if out, err = a.step(m); err != nil || !out.Changed {
			return out, err
		}
	}
}

// giveUp says how a message is refused whose step was not stored: a command, or
// who arrives when there is no room for one more call. Any other signal has
// happened and is tried again. Until it is stored commands are refused at once,
// instead of waiting behind it.
func (a *actor) giveUp(m message, why error) error {
	full := errors.Is(why, ErrNoRoom)
	if full && m.opens != "" {
		return a.board.noRoom(m)
	}
	if !a.blocked.Load() {
		a.slog.Error("the journal did not take a step: check the disk under data_dir and nats.max_bytes, or the NATS cluster", "input", name(m.in), "error", why)
	}
	switch {
	case m.kind == command && full:
		return errFull
	case m.kind == command:
		return errNotStored
	}
	a.blocked.Store(full)
	return nil
}

func (a *actor) stored() {
	if a.blocked.Swap(false) {
		a.slog.Info("the journal takes the steps of the call again")
	}
	a.board.stats.steps.Add(1)
	if a.call.State().Step == 1 {
		a.board.stats.begun.Add(1)
	}
}

// perform hands the effects out, in order.
func (a *actor) perform(ctx context.Context, out call.Output) {
	for _, e := range out.Events {
		a.slog.Info(name(e), attributes(e)...)
	}
	for _, e := range out.Effects {
		switch e := e.(type) {
		case call.LegEffect:
			a.board.cfg.Legs.Perform(e)
		case call.SoundEffect:
			a.board.cfg.Sound.Perform(a.call.State().ID, e)
		case call.CallEffect:
			a.board.carry(ctx, a.call.State().ID, e)
		default:
			panic(fmt.Sprintf("switchboard: nobody performs %T", e))
		}
	}
}
