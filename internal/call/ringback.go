package call

import "slices"

// settleRingback lets whoever waits for the target of a transfer, and has nobody to
// talk to meanwhile, hear that it is rung. No operation of an application's is that: it
// gives way to whatever one plays, and goes on afterwards.
func (c *Call) settleRingback() {
	for i := range c.state.Participants {
		p := &c.state.Participants[i]
		switch hears := c.hearsRingback(*p); {
		case !hears:
			c.stopRingback(p)
		case p.Ringback == 0:
			c.state.LastOperation++
			p.Ringback = c.state.LastOperation
			c.ask(StartPlayer{Operation: p.Ringback, Sources: []PlaySource{{Own: Ringback}}, To: []LegID{p.Leg}, Loop: true})
		}
	}
}

func (c *Call) stopRingback(p *Participant) {
	if p.Ringback != 0 {
		c.ask(StopPlayer{Operation: p.Ringback})
		p.Ringback = 0
	}
}

func (c *Call) hearsRingback(p Participant) bool {
	waits := c.targetFor(p.Leg) != nil || p.Onward != nil && p.HandingTo == ""
	return waits && p.State == Joined && !p.OnHold() && !c.hasCompany(p.Leg) && !c.hearsPlayer(p.Leg)
}

// hasCompany reports whether anybody else has a leg in the conversation.
func (c *Call) hasCompany(leg LegID) bool {
	return slices.ContainsFunc(c.state.Participants, func(p Participant) bool {
		return p.State == Joined && p.hasLeg() && p.Leg != leg
	})
}

// hearsPlayer reports whether a media operation is played to a leg, alone or with
// everybody.
func (c *Call) hearsPlayer(leg LegID) bool {
	return slices.ContainsFunc(c.state.Media, func(op MediaOperation) bool {
		return op.Playing && (len(op.To) == 0 || slices.Contains(op.To, leg))
	})
}
