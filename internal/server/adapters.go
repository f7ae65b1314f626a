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
	if errors.Is(err, journal.ErrNotFound) {
		return call.State{}, nil, switchboard.ErrUnknown
	}
	return state, callLog{log}, err
}

type callLog struct{ *journal.Log }

func (l callLog) Append(ctx context.Context, s call.State, events []call.Event) error {
	err := l.Log.Append(ctx, s, events)
	if errors.Is(err, journal.ErrFenced) {
		return errors.Join(switchboard.ErrFenced, err)
	}
	return err
}

// signals carries what happens on legs and in rooms to the switchboard, which
// is built after them because it needs them.
type signals struct{ to *switchboard.Switchboard }

func (s *signals) Signal(id call.ID, sig call.Signal) { s.to.Signal(id, sig) }

// sounds finds the sound of a leg for the bridge.
type sounds struct{ *sip.Legs }

func (s sounds) Media(leg call.LegID) (bridge.Media, bool) {
	m, ok := s.Legs.Media(leg)
	if !ok {
		return nil, false
	}
	return m, true
}
