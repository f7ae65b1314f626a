package server

import (
	"context"
	"errors"

	"strowger/internal/bridge"
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/leg/sip"
	"strowger/internal/switchboard"
)

// These types let parts that know nothing of each other fit: each declares
// what it needs in its own words.

// calls is the journal as the switchboard sees it.
type calls struct{ *journal.Journal }

func (j calls) Begin(key call.Key) switchboard.Log { return callLog{j.Journal.Begin(key)} }

func (j calls) Load(ctx context.Context, key call.Key) (call.State, switchboard.Log, error) {
	state, log, err := j.Journal.Load(ctx, key)
	if log == nil {
		return state, nil, inItsWords(err)
	}
	return state, callLog{log}, inItsWords(err)
}

type callLog struct{ *journal.Log }

func (l callLog) Append(ctx context.Context, s call.State, events []call.Event, usage ...call.Usage) error {
	return inItsWords(l.Log.Append(ctx, s, events, usage...))
}

// Room implements switchboard.Journal.
func (j calls) Room() error { return inItsWords(j.Journal.Room()) }

// inItsWords says in the switchboard's words what the journal has said.
func inItsWords(err error) error {
	for _, words := range []struct{ journal, switchboard error }{
		{journal.ErrNotFound, switchboard.ErrUnknown},
		{journal.ErrFenced, switchboard.ErrFenced},
		{journal.ErrUnreadable, switchboard.ErrUnreadable},
		{journal.ErrTooLarge, switchboard.ErrTooLarge},
		{journal.ErrFull, switchboard.ErrNoRoom},
		{journal.ErrNoSpace, switchboard.ErrNoRoom},
		{journal.ErrUnwritable, switchboard.ErrNoRoom},
	} {
		if errors.Is(err, words.journal) {
			return errors.Join(words.switchboard, err)
		}
	}
	return err
}

// commands gives the API's commands to this process's calls, and holds back what
// they cause.
type commands struct {
	board
	holds
}

type board interface {
	Command(context.Context, call.Key, call.Command) (call.Answer, error)
	Look(context.Context, call.Key) (call.State, error)
}

type holds interface {
	Hold(call.Key) (release func())
}

// Do implements api.Calls. The hold is taken before the command: what it causes
// may be in the journal, and read from there, before its answer is known.
func (c commands) Do(ctx context.Context, key call.Key, cmd call.Command) (_ call.Answer, release func(), _ error) {
	release = c.Hold(key)
	returned := false
	defer func() {
		if !returned {
			release()
		}
	}()
	answer, err := c.Command(ctx, key, cmd)
	returned = true
	return answer, release, err
}

// signals carries what happens on legs and in rooms to the switchboard, which
// is built after them because it needs them.
type signals struct{ to *switchboard.Switchboard }

func (s *signals) Signal(id call.ID, sig call.Signal) { s.to.Signal(id, sig) }

func (s *signals) Deliver(ctx context.Context, id call.ID, sig call.Signal) error {
	return s.to.Deliver(ctx, id, sig)
}

// sounds finds the sound of a leg for the bridge.
type sounds struct{ *sip.Legs }

func (s sounds) Media(leg call.LegID) (bridge.Media, bool) {
	m, ok := s.Legs.Media(leg)
	if !ok {
		return nil, false
	}
	return m, true
}
