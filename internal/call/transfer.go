package call

// Transfer hands a participant on to a target: the two talk, and the application
// leaves the call. The target is dialled here or, where the participant's far
// end is one to be told so, by that. Answer: Context.
type Transfer struct {
	Repeatable
	Connection  ConnectionID
	Operation   Operation
	Target      Address
	Transferee  Address           // empty: the only other one in the call
	Onward      ID                // of the call that is opened for the two when others stay here
	CallerID    Address           // the number that a target that is a number sees; empty: as if the application called
	Headers     map[string]string // of SIP
	VoIPHeaders map[string]string
}

// CallTransferAccepted: the target has answered, and the transferee talks to it.
type CallTransferAccepted struct {
	Recipient
	Target     Address
	Transferee Address
}

// CallTransferFailed: the target was not reached. The transferee stays.
type CallTransferFailed struct {
	Recipient
	Cause Cause
}

func (c *Call) transfer(in Transfer) (Answer, error) {
	if _, err := c.connectedOne(in.Connection); err != nil {
		return Answer{}, err
	}
	p, err := c.transferee(in)
	if err != nil {
		return Answer{}, err
	}
	if c.named(in.Target) != nil {
		return Answer{}, &Error{Kind: Conflict, Part: PartTarget, Reason: string(in.Target) + " is in the call or invited already."}
	}
	to, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Context: in.Operation.Context}
	if refersTo(*p, in) {
		c.refer(p, Referral{For: to, Target: in.Target, Onward: in.Onward})
	} else {
		c.bringTogether(p, to, in)
	}
	return answer, nil
}

// bringTogether dials the target: here where the application leaves the two alone,
// or in a call of their own.
func (c *Call) bringTogether(p *Participant, to Recipient, in Transfer) {
	if c.alone(in.Connection) {
		c.dialForTransferee(*p, to, in)
		return
	}
	c.sendOnward(p, to, in)
}

// transferee is whom a command hands on.
func (c *Call) transferee(in Transfer) (*Participant, error) {
	var p *Participant
	switch {
	case in.Transferee != "":
		p = c.named(in.Transferee)
	case c.alone(in.Connection):
		p = c.onlyOther(in.Connection)
	default:
		return nil, &Error{Kind: Invalid, Part: PartTransferee, Reason: "is missing: more than one are in the call beside the application."}
	}
	switch {
	case p == nil || p.State != Joined:
		return nil, &Error{Kind: NotFound, Part: PartTransferee, Reason: string(in.Transferee) + " is not in the call."}
	case !p.hasLeg():
		return nil, &Error{Kind: Invalid, Part: PartTransferee, Reason: string(p.Address) + " is an application: it cannot be transferred."}
	case p.HandingTo != "":
		return nil, &Error{Kind: TransferConflict, Reason: string(p.Address) + " is being moved to another call."}
	case c.targetFor(p.Leg) != nil, p.Referral != nil, p.Onward != nil:
		return nil, &Error{Kind: TransferConflict, Reason: string(p.Address) + " is being transferred already."}
	}
	return p, nil
}

// Transferee is whom a transfer out of a connection's call would hand on that names
// nobody: the only other one in it. The refusals are those of Transfer.
func (s State) Transferee(id ConnectionID) (Address, error) {
	c := &Call{state: s}
	if _, err := c.connectedOne(id); err != nil {
		return "", err
	}
	p, err := c.transferee(Transfer{Connection: id})
	if err != nil {
		return "", err
	}
	return p.Address, nil
}

// alone reports whether an application has but one other in its call.
func (c *Call) alone(id ConnectionID) bool { return c.othersThan(id) == 1 }

// onlyOther is who is in a call with an application alone; nil when that is an
// application which nobody called.
func (c *Call) onlyOther(id ConnectionID) *Participant {
	for i := range c.state.Participants {
		if p := &c.state.Participants[i]; p.State == Joined && p.Seat != id {
			return p
		}
	}
	return nil
}

// targetFor is the target that is being dialled for a transferee, or nil.
func (c *Call) targetFor(transferee LegID) *Participant {
	for i := range c.state.Participants {
		if p := &c.state.Participants[i]; p.on(ForTransferee) && p.Errand.Leg == transferee {
			return p
		}
	}
	return nil
}

func (c *Call) dialForTransferee(transferee Participant, to Recipient, in Transfer) {
	c.invite(Participant{
		Address: in.Target, SIPHeaders: in.Headers, VoIPHeaders: in.VoIPHeaders,
		Errand: Errand{Kind: ForTransferee, For: to, Leg: transferee.Leg},
	}, transferor(c.live(to.Connection), transferee, in), ringTimeout)
}

// transferor is who the target is called by. A user sees the transferee, with
// whom it is going to talk; a telephone sees a number that the application may
// call from.
func transferor(conn *Connection, transferee Participant, in Transfer) caller {
	by := caller{from: transferee.Address, name: transferee.Name, headers: in.Headers, voip: in.VoIPHeaders}
	if in.Target.IsPhone() {
		by = caller{from: conn.caller(in.Target), name: conn.SourceName, headers: in.Headers, voip: in.VoIPHeaders}
		if in.CallerID != "" {
			by.from = in.CallerID
		}
	}
	return by
}

// transferred: the target has answered. The application leaves the two alone,
// and nobody stays muted whom nobody could let speak any more.
func (c *Call) transferred(target Participant) {
	transferee := c.participant(target.Errand.Leg)
	c.tell(CallTransferAccepted{Recipient: target.Errand.For, Target: target.Address, Transferee: transferee.Address})
	c.leave(c.live(target.Errand.For.Connection), Cause{Reason: EndedByApplication})
	c.setMuted(c.participant(target.Errand.Leg), false)
}

// endTransferOf ends the transfer of somebody who has left.
func (c *Call) endTransferOf(p Participant) {
	if target := c.targetFor(p.Leg); target != nil {
		c.takeBack(*target, Cause{Reason: ParticipantAbsent})
	}
	if p.Referral != nil {
		c.leftOnReferral(p)
	}
	c.stopRingback(&p)
	if p.Onward != nil {
		c.callOff(&p, Cause{Reason: ParticipantAbsent})
	}
	c.giveComerUp(p, Cause{Reason: Failed})
}

// transferState is how far a connection's transfer is; empty when it has none
// under way.
func (s State) transferState(id ConnectionID) ConnectionState {
	for _, p := range s.Participants {
		switch r := p.Referral; {
		case p.on(ForTransferee) && p.Errand.For.Connection == id:
			return Transferring
		case r != nil && r.For.Connection == id && r.Accepted:
			return TransferAccepted
		case r != nil && r.For.Connection == id, p.Onward != nil && p.Onward.For.Connection == id:
			return Transferring
		}
	}
	return ""
}
