package call

import "cmp"

// ---- Signals from legs. Each leg reports LegAnswered at most once, and
// LegFailed or LegEnded exactly once and last. ----

// LegRinging: the far end of a dialled leg rings.
type LegRinging struct {
	reports
	Leg LegID
}

// LegAnswered: media flows. For a dialled leg the far end has answered, for an
// incoming leg our answer has been acknowledged.
type LegAnswered struct {
	reports
	Leg    LegID
	Name   string // display name of a user whom we dialled
	Dialog Dialog
	// TakesRefer: the far end is one to be asked to call somebody else (RFC 3515).
	TakesRefer bool
	Trunk      string // that it went through; empty: to a user's phone
}

// LegReplaced: another far end has taken the place of the one that a leg had
// (RFC 3891).
type LegReplaced struct {
	reports
	Leg        LegID
	From       Address
	Name       string
	Dialog     Dialog
	TakesRefer bool
}

// LegFailed: the leg ended before it was answered.
type LegFailed struct {
	reports
	Leg   LegID
	Cause Cause
	Trunk string // that it went through, or was to
}

// LegEnded: the leg ended after it was answered.
type LegEnded struct {
	reports
	Leg   LegID
	Cause Cause
}

func (c *Call) legRinging(in LegRinging) {
	if p := c.participant(in.Leg); p == nil || !p.on(ForCaller) {
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
	p.Dialog, p.TakesRefer, p.Trunk = &in.Dialog, in.TakesRefer, cmp.Or(in.Trunk, p.Trunk)
	if in.Name != "" {
		p.Name = in.Name
	}
	was := *p
	c.joined(p)
	if was.State == Answering {
		c.connectAnswerers()
		return
	}
	if waiting := c.waitingCaller(); waiting != nil && was.on(ForCaller) {
		c.takeCall(waiting, in.Leg)
	}
}

// legReplaced: the conversation goes on with whoever is there now.
func (c *Call) legReplaced(in LegReplaced) {
	p := c.participant(in.Leg)
	if p == nil || p.State != Joined {
		return
	}
	c.change()
	p.Dialog, p.TakesRefer = &in.Dialog, in.TakesRefer
	if p.Address == in.From {
		return
	}
	c.publishRemoved(*p)
	p.Address, p.Name = in.From, in.Name
	c.ask(Join{Leg: p.Leg, Address: p.Address})
	if c.state.Published {
		c.publishAdded(*p)
	}
	c.rosterChanged = true
}

// dropDialled lets go whoever was dialled for the caller, except one.
func (c *Call) dropDialled(except LegID, why Reason) {
	for _, p := range c.snapshot() {
		if p.on(ForCaller) && p.Leg != except {
			c.letGo(p, why)
			c.gone(p.Leg, Cause{Reason: why})
		}
	}
}

func (c *Call) legFailed(in LegFailed) {
	if p := c.participant(in.Leg); p != nil {
		p.Trunk = cmp.Or(in.Trunk, p.Trunk)
	}
	c.legGone(in.Leg, in.Cause)
}

// legGone: a leg failed or ended by itself.
func (c *Call) legGone(leg LegID, cause Cause) {
	if p := c.participant(leg); p != nil {
		cause.Phone = p.Address.IsPhone()
		c.ender, c.endCause = p.Address, cause
	}
	c.decided(leg)
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
