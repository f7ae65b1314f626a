package call

// RemoveParticipant takes somebody out of the call, or takes back an
// invitation that is under way. Answer: Context.
type RemoveParticipant struct {
	Repeatable
	Connection  ConnectionID // empty: out of call
	Operation   Operation
	Participant Address
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
	p := c.named(in.Participant)
	if p == nil {
		return Answer{}, &Error{Kind: NotFound, Part: PartParticipant, Reason: string(in.Participant) + " is not in the call."}
	}
	// Told first: an application that removes itself hears of it before its last event.
	c.tell(RemoveParticipantSucceeded{to, in.Participant})
	c.remove(*p)
	return Answer{Context: in.Operation.Context}, nil
}

func (c *Call) remove(p Participant) {
	if !p.hasLeg() {
		c.leave(c.live(p.Seat), Cause{Reason: Removed})
		return
	}
	c.gone(p.Leg, Cause{Reason: Canceled})
	c.letGo(p, Removed)
}
