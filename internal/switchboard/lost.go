package switchboard

import (
	"context"

	"strowger/internal/call"
)

// Two kinds of call cannot go on: one whose state cannot be read, and one whose
// state cannot be stored. Each ends alone, and the log says what to do.

// salvage takes up what can be told of a call that cannot be read, in order to
// end it, when that is for this process to do.
func (a *actor) salvage(why error) error {
	if a.call == nil {
		a.slog.Error("a call of another node cannot be read", "error", why, "advice", "run one version of strowger on all nodes")
		return &call.Error{Kind: call.Conflict, Reason: "The call is on a node of another version, which this one cannot read."}
	}
	s := a.call.State()
	if a.spoilt = s.Phase != call.Ended; !a.spoilt {
		return nil // what was forgotten is what it would answer to repeated requests
	}
	a.board.stats.spoilt.Add(1)
	a.slog.Error("a call cannot be read and is ended; whom its record still names is told",
		"error", why, "applications", len(s.Connections), "participants", len(s.Participants),
		"advice", "let calls end before an older version is started; if none was, check the disk under data_dir, or the NATS cluster")
	return nil
}

var errNoRoom = &call.Error{Kind: call.TooBusy, Reason: "The call has grown too large for this: nothing was done."}

// outgrown is what comes of a step that can never be stored. A command is
// refused. A signal has happened, and ends the call: that has more room. Where
// even that is too little, the call ends without a word.
func (a *actor) outgrown(ctx context.Context, m message, out call.Output) (call.Output, error) {
	const advice = "raise max_payload of the NATS servers, or make smaller calls"
	if _, ending := m.in.(call.Outgrown); ending {
		a.slog.Error("the end of a call is too large to be stored: its applications are not told, and what it used is not counted", "events", len(out.Events), "usage", len(out.Usage), "advice", advice)
		s := a.call.State()
		a.call = call.Restore(call.State{ID: s.ID, Step: s.Step, Phase: call.Ended})
		out.Events, out.Usage = nil, nil
		return a.store(ctx, m, out)
	}
	if m.kind == command {
		return call.Output{}, errNoRoom
	}
	err := a.reload(ctx)
	if err != nil {
		return call.Output{}, err
	}
	a.board.stats.outgrown.Add(1)
	a.slog.Error("a call has grown too large to be stored and is ended", "input", name(m.in), "advice", advice)
	m.in = call.Outgrown{}
	if out, err = a.step(m); err != nil || !out.Changed {
		return out, err
	}
	return a.store(ctx, m, out)
}

// errFull: nothing can be stored now.
var errFull = &call.Error{Kind: call.OutOfService, Reason: "The server has no room to store this now: nothing was done. Try again later."}

// noRoom refuses what would begin a call.
func (s *Switchboard) noRoom(m message) error {
	s.stats.noRoom.Add(1)
	s.turnAway(m.in, call.Overloaded)
	s.cfg.Log.Warn("a call is not begun: the journal has no room", "input", name(m.in), "call", string(m.opens))
	return errFull
}
