package call

// Mute keeps participants from being heard. They are users: a telephone cannot
// be told that it is muted. Answer: Context.
type Mute struct {
	Repeatable
	Connection   ConnectionID // empty: out of call
	Operation    Operation
	Participants []Address
}

// MuteLeg decides whether the others hear a leg.
type MuteLeg struct {
	asksSound
	Leg   LegID
	Muted bool
}

func (c *Call) mute(in Mute) (Answer, error) {
	if _, err := c.recipient(in.Connection, in.Operation); err != nil {
		return Answer{}, err
	}
	for _, a := range in.Participants {
		if !a.IsUser() {
			return Answer{}, &Error{Kind: Invalid, Part: PartParticipant, Reason: string(a) + " is not a communication user: only users can be muted."}
		}
	}
	legs, err := c.hearers(PartParticipant, in.Participants)
	if err != nil {
		return Answer{}, err
	}
	for _, leg := range legs {
		c.setMuted(c.participant(leg), true)
	}
	return Answer{Context: in.Operation.Context}, nil
}

func (c *Call) setMuted(p *Participant, muted bool) {
	if p.Muted == muted {
		return
	}
	p.Muted = muted
	c.ask(MuteLeg{Leg: p.Leg, Muted: muted})
	c.rosterChanged = true
}
