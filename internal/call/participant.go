package call

import (
	"slices"
	"time"
)

// participant finds who is reached over a leg.
func (c *Call) participant(leg LegID) *Participant {
	if i := c.indexOf(leg); i >= 0 {
		return &c.state.Participants[i]
	}
	return nil
}

// named finds a participant by address: one in the conversation rather than
// one on the way to it.
func (c *Call) named(a Address) *Participant {
	var found *Participant
	for i := range c.state.Participants {
		p := &c.state.Participants[i]
		if p.Address == a && (found == nil || p.State == Joined) {
			found = p
		}
	}
	return found
}

// waitingCaller is the caller whose call nobody has taken yet.
func (c *Call) waitingCaller() *Participant {
	for i := range c.state.Participants {
		if p := &c.state.Participants[i]; p.Caller && p.State == Calling {
			return p
		}
	}
	return nil
}

// invite dials a participant and rings it for a time.
func (c *Call) invite(p Participant, by caller, ring time.Duration) LegID {
	p.Leg, p.State, p.Ringing = c.nextLeg(), Invited, c.startTimer(ring)
	p.From, p.FromName = by.from, by.name
	c.state.Participants = append(c.state.Participants, p)
	c.ask(Dial{Leg: p.Leg, To: p.Address, From: by.from, FromName: by.name, Headers: by.headers})
	return p.Leg
}

// joined brings a participant into the conversation.
func (c *Call) joined(p *Participant) {
	p.State = Joined
	c.stopTimer(&p.Ringing)
	if p.Seat == "" {
		c.ask(Join{Leg: p.Leg})
	}
	c.rosterChanged = true
	if conn := c.live(p.Target); conn != nil {
		c.connect(conn)
	}
	if in := p.Invite; in != nil {
		p.Invite = nil
		c.tell(AddParticipantSucceeded{c.about(in.By, in.Operation), p.Address})
	}
	if c.state.Published {
		c.tellAdded(*p)
	}
	c.started()
}

// live finds a connection that has not ended, or nil.
func (c *Call) live(id ConnectionID) *Connection {
	conn, err := c.connection(id)
	if err != nil {
		return nil
	}
	return conn
}

// gone takes a participant out of the call and ends what depended on it. Its
// leg is over or has been asked to end.
func (c *Call) gone(leg LegID, cause Cause) {
	i := c.indexOf(leg)
	if i < 0 {
		return
	}
	c.change()
	p := c.state.Participants[i]
	c.state.Participants = append(c.state.Participants[:i:i], c.state.Participants[i+1:]...)
	c.stopTimer(&p.Ringing)
	c.closeIncoming(leg)
	switch p.State {
	case Joined:
		c.left(p)
	case Calling, Answering:
		c.callerGone(p, cause)
	case Invited:
		c.notReached(p, cause)
	}
}

func (c *Call) indexOf(leg LegID) int {
	return slices.IndexFunc(c.state.Participants, func(p Participant) bool { return p.Leg == leg })
}

// left tells that somebody who was in the conversation is not any more.
func (c *Call) left(p Participant) {
	if p.Seat == "" {
		c.ask(Leave{Leg: p.Leg})
	}
	c.endMediaFor(p.Leg)
	c.rosterChanged = true
	c.tellRemoved(p)
}

// notReached tells whoever wanted the participant that it will not come.
func (c *Call) notReached(p Participant, cause Cause) {
	cause.Phone = p.Address.IsPhone()
	if p.Invite != nil {
		c.tell(AddParticipantFailed{c.about(p.Invite.By, p.Invite.Operation), p.Address, cause})
	}
	if conn := c.live(p.Target); conn != nil && conn.State == Connecting && !c.ringsFor(conn.ID) {
		c.failConnecting(conn, cause)
	}
	if waiting := c.waitingCaller(); waiting != nil && p.Invite == nil && !c.ringsForCaller() {
		c.turnAway(waiting.Leg, cause)
	}
}

// ringsFor reports whether a target of the connection may still answer.
func (c *Call) ringsFor(id ConnectionID) bool {
	for _, p := range c.state.Participants {
		if p.Target == id && p.State == Invited {
			return true
		}
	}
	return false
}

// ringsForCaller reports whether somebody is being dialled for the waiting caller.
func (c *Call) ringsForCaller() bool {
	for _, p := range c.state.Participants {
		if p.State == Invited && p.Target == "" && p.Invite == nil {
			return true
		}
	}
	return false
}

func (c *Call) ringingTimedOut(leg LegID) {
	c.ask(HangUp{Leg: leg, Reason: NoAnswer})
	c.gone(leg, Cause{Reason: NoAnswer})
}

func (c *Call) startTimer(after time.Duration) TimerID {
	c.state.LastTimer++
	c.ask(StartTimer{Timer: c.state.LastTimer, After: after})
	return c.state.LastTimer
}

func (c *Call) stopTimer(t *TimerID) {
	if *t != 0 {
		c.ask(StopTimer{Timer: *t})
		*t = 0
	}
}
