package switchboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"strowger/internal/call"
)

// mailboxSize bounds what may wait for one call.
const mailboxSize = 128

// storeRetry is the pause between attempts to store a signal's step.
const storeRetry = 250 * time.Millisecond

// actor owns one call: its state, its timers and its place in the journal.
type actor struct {
	board   *Switchboard
	key     call.Key
	opens   call.ID // the call begins with this actor; its log says so too
	fresh   bool    // nothing of it can be in the journal yet
	mailbox chan message
	done    chan struct{} // closed when the actor takes no more

	// Owned by run.
	call   *call.Call
	log    Log
	timers map[call.TimerID]*time.Timer
	slog   *slog.Logger
}

// message is an input, or the wish to see the state.
type message struct {
	in    call.Input
	look  bool
	opens call.ID    // the input begins this call
	reply chan reply // room for one; nil for signals
}

type reply struct {
	answer call.Answer
	state  call.State
	err    error
}

func newActor(s *Switchboard, key call.Key, m message) *actor {
	_, offered := m.in.(call.LegArrived)
	a := &actor{
		board: s, key: key, opens: m.opens, fresh: offered,
		mailbox: make(chan message, mailboxSize), done: make(chan struct{}),
		timers: map[call.TimerID]*time.Timer{}, slog: s.cfg.Log.With("key", string(key)),
	}
	a.mailbox <- m
	return a
}

// run lives as long as the call does, or until ctx is done.
func (a *actor) run(ctx context.Context) {
	defer a.stop()
	defer a.board.remove(a)
	if err := a.open(ctx); err != nil {
		a.refuseAll(err)
		return
	}
	a.slog = a.board.cfg.Log.With("call", string(a.call.State().ID))
	for !a.call.Over() {
		select {
		case m := <-a.mailbox:
			if err := a.turn(ctx, m); err != nil {
				a.slog.Error("call given up by this process; whoever needs it next reloads it from the journal", "error", err)
				return
			}
		case <-ctx.Done():
			return
		}
	}
	a.refuseAll(nil)
}

// open finds the call in the journal, or begins it.
func (a *actor) open(ctx context.Context) error {
	if !a.fresh {
		state, log, err := a.board.cfg.Journal.Load(ctx, a.key)
		if err == nil {
			a.call, a.log = call.Restore(state), log
			return nil
		}
		if !errors.Is(err, ErrUnknown) {
			return fmt.Errorf("load call: %w", err)
		}
	}
	if a.opens == "" {
		return &call.Error{Kind: call.NotFound, Reason: "Call not found."}
	}
	a.board.stats.begun.Add(1)
	a.call, a.log = call.New(a.opens), a.board.cfg.Journal.Begin(a.key)
	return nil
}

// refuseAll answers what is still in the mailbox of a call that is over, or
// that could not be opened.
func (a *actor) refuseAll(why error) {
	for {
		select {
		case m := <-a.mailbox:
			a.refuse(m, why)
		default:
			return
		}
	}
}

func (a *actor) refuse(m message, why error) {
	switch {
	case m.reply == nil:
	case why != nil:
		m.reply <- reply{err: why}
	case m.look:
		m.reply <- reply{state: a.call.State().Clone()}
	default: // the rules know what an ended call says
		out, err := a.call.Step(time.Now(), m.in)
		m.reply <- reply{answer: out.Answer, err: err}
	}
}

// stop lets go of the timers, and tells whoever waits to ask another actor.
func (a *actor) stop() {
	for _, t := range a.timers {
		t.Stop()
	}
	close(a.done)
}

// turn runs one step. An error means that memory is ahead of the journal or
// that another owns the call: the actor stops.
func (a *actor) turn(ctx context.Context, m message) error {
	if m.look {
		m.reply <- reply{state: a.call.State().Clone()}
		return nil
	}
	out, err := a.call.Step(time.Now(), m.in)
	if err != nil {
		a.refused(m, err)
		return nil
	}
	if out.Changed {
		if out, err = a.store(ctx, m, out); err != nil {
			a.answer(m, reply{err: err})
			return keepGoing(err)
		}
	}
	a.answer(m, reply{answer: out.Answer})
	a.perform(out)
	return nil
}

// errNotStored: a command was given up because the journal did not take it.
// The call goes on without it.
var errNotStored = errors.New("the journal did not take the command: nothing was done")

func keepGoing(err error) error {
	if errors.Is(err, errNotStored) {
		return nil
	}
	return err
}

func (a *actor) refused(m message, err error) {
	a.board.stats.refused.Add(1)
	a.slog.Info("refused", "input", name(m.in), "reason", err)
	a.answer(m, reply{err: err})
}

func (a *actor) answer(m message, r reply) {
	if m.reply != nil {
		m.reply <- r
	}
}

// store appends the step. A command that cannot be stored is given up, and the
// call goes on from what the journal has. A signal cannot be taken back: it is
// stepped and stored again until the journal takes it.
func (a *actor) store(ctx context.Context, m message, out call.Output) (call.Output, error) {
	for {
		err := a.log.Append(ctx, a.call.State(), out.Events)
		if err == nil {
			a.board.stats.steps.Add(1)
			return out, nil
		}
		if errors.Is(err, ErrFenced) || ctx.Err() != nil {
			return call.Output{}, err
		}
		a.board.stats.failures.Add(1)
		a.slog.Error("the journal did not take a step: check the disk under data_dir, or the NATS cluster", "input", name(m.in), "error", err)
		if err := a.restore(ctx); err != nil {
			return call.Output{}, err
		}
		if m.reply != nil {
			return call.Output{}, errNotStored
		}
		if out, err = a.call.Step(time.Now(), m.in); err != nil || !out.Changed {
			return out, nil
		}
	}
}

// restore goes back to what the journal has, however long that takes.
func (a *actor) restore(ctx context.Context) error {
	for {
		pause := time.NewTimer(storeRetry)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		}
		state, log, err := a.board.cfg.Journal.Load(ctx, a.key)
		switch {
		case err == nil:
			a.call, a.log = call.Restore(state), log
			return nil
		case errors.Is(err, ErrUnknown) && a.opens != "":
			a.call, a.log = call.New(a.opens), a.board.cfg.Journal.Begin(a.key)
			return nil
		}
		a.slog.Error("the journal cannot be read: check the disk under data_dir, or the NATS cluster", "error", err)
	}
}

// perform hands the effects out, in order.
func (a *actor) perform(out call.Output) {
	for _, e := range out.Events {
		a.slog.Info(name(e), attributes(e)...)
	}
	for _, e := range out.Effects {
		switch e := e.(type) {
		case call.StartTimer:
			a.startTimer(e)
		case call.StopTimer:
			a.stopTimer(e.Timer)
		case call.Dial, call.Ring, call.AnswerLeg, call.RejectLeg, call.SendTone, call.HangUp:
			a.board.cfg.Legs.Perform(e)
		default:
			a.board.cfg.Sound.Perform(a.call.State().ID, e)
		}
	}
}

func (a *actor) startTimer(e call.StartTimer) {
	a.timers[e.Timer] = time.AfterFunc(e.After, func() {
		select {
		case a.mailbox <- message{in: call.TimerFired{Timer: e.Timer}}:
		case <-a.done:
		}
	})
}

func (a *actor) stopTimer(id call.TimerID) {
	if t := a.timers[id]; t != nil {
		t.Stop()
		delete(a.timers, id)
	}
}

// name is what an input or event is called: its type.
func name(x any) string {
	full := fmt.Sprintf("%T", x)
	return full[strings.LastIndexByte(full, '.')+1:]
}

// attributes say whom an event is for, and why something failed.
func attributes(e call.Event) []any {
	switch e := e.(type) {
	case call.CallDisconnected:
		return append([]any{"connection", string(e.Connection)}, because(e.Cause)...)
	case call.CreateCallFailed:
		return append([]any{"connection", string(e.Connection)}, because(e.Cause)...)
	case call.AddParticipantFailed:
		return append([]any{"connection", string(e.Connection), "participant", string(e.Participant)}, because(e.Cause)...)
	case call.ForConnection:
		return []any{"connection", string(e.To().Connection)}
	case call.IncomingCall:
		return []any{"from", string(e.From), "to", string(e.To)}
	}
	return nil
}

// because leaves the network's word out where it gave none.
func because(c call.Cause) []any {
	if c.SIPStatus == 0 {
		return []any{"reason", string(c.Reason)}
	}
	return []any{"reason", string(c.Reason), "sip_status", c.SIPStatus}
}
