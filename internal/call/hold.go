package call

import "slices"

// Hold is one of the reasons for which a participant is on hold: it hears
// nothing of the conversation and nobody hears it until the last is gone.
type Hold struct {
	Reason    HoldReason
	Operation OperationID // of HeldForPrompt
}

// HoldReason is who put a participant on hold.
type HoldReason string

// HeldForPrompt: a media operation plays to the participant apart from the
// conversation.
const HeldForPrompt HoldReason = "prompt"

// OnHold reports whether there is a reason to be on hold.
func (p Participant) OnHold() bool { return len(p.Holds) > 0 }

func (c *Call) hold(leg LegID, why Hold) {
	p := c.participant(leg)
	if p == nil {
		return
	}
	c.setHolds(p, append(slices.Clip(p.Holds), why))
}

// unhold takes a reason away from everyone that it holds.
func (c *Call) unhold(why Hold) {
	for i := range c.state.Participants {
		p := &c.state.Participants[i]
		if slices.Contains(p.Holds, why) {
			c.setHolds(p, slices.DeleteFunc(slices.Clone(p.Holds), func(h Hold) bool { return h == why }))
		}
	}
}

// setHolds takes the participant out of the conversation with its first reason
// and brings it back after its last.
func (c *Call) setHolds(p *Participant, holds []Hold) {
	was := p.OnHold()
	p.Holds = holds
	if p.OnHold() != was {
		c.ask(Isolate{Leg: p.Leg, Isolated: !was})
		c.rosterChanged = true
	}
}
