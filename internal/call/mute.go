package call

// Mute keeps participants from being heard. Answer: Context.
type Mute struct {
	Repeatable
	Connection   ConnectionID // empty: out of call
	Operation    Operation
	Participants []Address
	Anyone       bool // also telephones, which cannot be told that they are muted; else users only
}

// Unmute lets participants be heard again. Those who are not muted stay as they
// are. Answer: Context.
type Unmute struct {
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
		if !in.Anyone && !a.IsUser() {
			return Answer{}, &Error{Kind: Invalid, Part: PartParticipant, Reason: string(a) + " is not a communication user: only users can be muted."}
		}
	}
	return c.setAllMuted(in.Participants, true, in.Operation)
}

func (c *Call) unmute(in Unmute) (Answer, error) {
	if _, err := c.recipient(in.Connection, in.Operation); err != nil {
		return Answer{}, err
	}
	return c.setAllMuted(in.Participants, false, in.Operation)
}

func (c *Call) setAllMuted(participants []Address, muted bool, op Operation) (Answer, error) {
	legs, err := c.hearers(PartParticipant, participants)
	if err != nil {
		return Answer{}, err
	}
	for _, leg := range legs {
		c.setMuted(c.participant(leg), muted)
	}
	return Answer{Context: op.Context}, nil
}

func (c *Call) setMuted(p *Participant, muted bool) {
	if p.Muted == muted {
		return
	}
	p.Muted = muted
	c.ask(MuteLeg{Leg: p.Leg, Muted: muted})
	c.rosterChanged = true
}
