package call

import "slices"

func (c *Call) legRinging(in LegRinging) {
	if p := c.participant(in.Leg); p == nil || p.State != Invited || p.Invite != nil || p.Target != "" {
		return
	}
	if waiting := c.waitingCaller(); waiting != nil {
		c.ask(Ring{Leg: waiting.Leg})
	}
}

func (c *Call) legAnswered(in LegAnswered) {
	p := c.participant(in.Leg)
	if p == nil || p.State == Joined || p.State == Calling {
		return
	}
	p.Dialog = &in.Dialog
	if in.Name != "" {
		p.Name = in.Name
	}
	wasAnswering := p.State == Answering
	c.joined(p)
	if wasAnswering {
		c.connectAnswerers()
		return
	}
	if waiting := c.waitingCaller(); waiting != nil && p.Invite == nil && p.Target == "" {
		c.takeCall(waiting, in.Leg)
	}
}

// connectAnswerers connects every application that answered for a caller who
// is in the call now.
func (c *Call) connectAnswerers() {
	for i := range c.state.Connections {
		if conn := &c.state.Connections[i]; !conn.Created {
			c.connect(conn)
		}
	}
	c.started()
}

// takeCall answers the waiting caller: taken has answered, or an application
// has (taken is empty). Whoever else was rung for the caller is let go.
func (c *Call) takeCall(waiting *Participant, taken LegID) {
	leg := waiting.Leg
	waiting.State = Answering
	c.closeIncoming(leg)
	c.ask(AnswerLeg{Leg: leg})
	c.dropDialled(taken, Canceled)
}

// dropDialled lets go whoever was dialled for the caller, except one.
func (c *Call) dropDialled(except LegID, why Reason) {
	for _, p := range c.snapshot() {
		if p.State == Invited && p.Target == "" && p.Invite == nil && p.Leg != except {
			c.ask(HangUp{Leg: p.Leg, Reason: why})
			c.gone(p.Leg, Cause{Reason: why})
		}
	}
}

// snapshot is a copy of the list of participants to range over while it changes.
func (c *Call) snapshot() []Participant {
	return slices.Clone(c.state.Participants)
}

// legGone: a leg failed or ended by itself.
func (c *Call) legGone(leg LegID, cause Cause) {
	if p := c.participant(leg); p != nil {
		cause.Phone = p.Address.IsPhone()
		c.ender, c.endCause = p.Address, cause
	}
	c.gone(leg, cause)
}

// callerGone: the caller went before the call was taken, or before the answer
// was acknowledged.
func (c *Call) callerGone(p Participant, cause Cause) {
	c.dropDialled("", CallerGaveUp)
	if p.State != Answering {
		return
	}
	for i := range c.state.Connections {
		if conn := &c.state.Connections[i]; !conn.Created && conn.State == Connecting {
			c.failConnecting(conn, cause)
		}
	}
}

// turnAway refuses the waiting caller.
func (c *Call) turnAway(leg LegID, cause Cause) {
	c.ask(RejectLeg{Leg: leg, Cause: cause})
	c.gone(leg, cause)
}
