package call

import "cmp"

// RemoveParticipant takes somebody out of the call, or takes back an
// invitation that is under way. Answer: Context.
type RemoveParticipant struct {
	Repeatable
	Connection  ConnectionID // empty: out of call
	Operation   Operation
	Participant Address
	ID          string // participantId: names the participant in place of Participant
}

// RemoveParticipantSucceeded: the participant is out of the call.
type RemoveParticipantSucceeded struct {
	Recipient
	Participant Address
}

func (c *Call) removeParticipant(in RemoveParticipant) (Answer, error) {
	to, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	p := c.toRemove(in)
	if p == nil {
		return Answer{}, &Error{Kind: NotFound, Part: PartParticipant, Reason: cmp.Or(in.ID, string(in.Participant)) + " is not in the call."}
	}
	// Told first: an application that removes itself hears of it before its last event.
	c.tell(RemoveParticipantSucceeded{to, p.Address})
	c.remove(*p)
	return Answer{Context: in.Operation.Context}, nil
}

func (c *Call) toRemove(in RemoveParticipant) *Participant {
	if in.ID == "" {
		return c.named(in.Participant)
	}
	for i := range c.state.Participants {
		if p := &c.state.Participants[i]; p.Leg.ParticipantID() == in.ID {
			return p
		}
	}
	return nil
}

func (c *Call) remove(p Participant) {
	if !p.hasLeg() {
		c.leave(c.live(p.Seat), Cause{Reason: Removed})
		return
	}
	c.gone(p.Leg, Cause{Reason: Canceled})
	c.letGo(p, Removed)
}
