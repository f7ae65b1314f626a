package call

// Transfer hands a participant on to a target, which is dialled here: when it
// answers, the two talk and the application leaves the call. Answer: Context.
type Transfer struct {
	Repeatable
	Connection ConnectionID
	Operation  Operation
	Target     Address
	Transferee Address // empty: the only other one in the call
	CallerID   Address // the number that a target that is a number sees; empty: as if the application called
	Headers    map[string]string
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
	conn, err := c.connectedOne(in.Connection)
	if err != nil {
		return Answer{}, err
	}
	transferee, err := c.transferee(in)
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
	c.invite(Participant{
		Address: in.Target, SIPHeaders: in.Headers,
		Errand: Errand{Kind: ForTransferee, For: to, Transferee: transferee.Leg},
	}, transferor(conn, *transferee, in), ringTimeout)
	return Answer{Context: in.Operation.Context}, nil
}

// transferee is whom a command hands on.
func (c *Call) transferee(in Transfer) (*Participant, error) {
	alone := c.othersThan(in.Connection) == 1
	var p *Participant
	switch {
	case in.Transferee != "":
		p = c.named(in.Transferee)
	case alone:
		p = c.onlyOther(in.Connection)
	default:
		return nil, &Error{Kind: Invalid, Part: PartTransferee, Reason: "is missing: more than one are in the call beside the application."}
	}
	switch {
	case p == nil || p.State != Joined:
		return nil, &Error{Kind: NotFound, Part: PartTransferee, Reason: string(in.Transferee) + " is not in the call."}
	case !p.hasLeg():
		return nil, &Error{Kind: Invalid, Part: PartTransferee, Reason: string(p.Address) + " is an application: it cannot be transferred."}
	case !alone:
		return nil, &Error{Kind: Unsupported, Part: PartTransferee, Reason: "a transfer out of a call of more than two is not built here yet."}
	case c.targetFor(p.Leg) != nil:
		return nil, &Error{Kind: TransferConflict, Reason: string(p.Address) + " is being transferred already."}
	}
	return p, nil
}

// onlyOther is who is in a call with an application alone.
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
		if p := &c.state.Participants[i]; p.on(ForTransferee) && p.Errand.Transferee == transferee {
			return p
		}
	}
	return nil
}

// transferor is who the target is called by. A user sees the transferee, with
// whom it is going to talk; a telephone sees a number that the application may
// call from.
func transferor(conn *Connection, transferee Participant, in Transfer) caller {
	by := caller{from: transferee.Address, name: transferee.Name, headers: in.Headers}
	if in.Target.IsPhone() {
		by = caller{from: conn.caller(in.Target), name: conn.SourceName, headers: in.Headers}
		if in.CallerID != "" {
			by.from = in.CallerID
		}
	}
	return by
}

// transferred: the target has answered. The application leaves the two alone,
// and nobody stays muted whom nobody could let speak any more.
func (c *Call) transferred(target Participant) {
	transferee := c.participant(target.Errand.Transferee)
	c.tell(CallTransferAccepted{Recipient: target.Errand.For, Target: target.Address, Transferee: transferee.Address})
	c.leave(c.live(target.Errand.For.Connection), Cause{Reason: EndedByApplication})
	c.setMuted(c.participant(target.Errand.Transferee), false)
}

// endTransferOf takes back the target of somebody who has left.
func (c *Call) endTransferOf(transferee LegID) {
	if target := c.targetFor(transferee); target != nil {
		c.takeBack(*target, Cause{Reason: ParticipantAbsent})
	}
}

// transferring reports whether a connection has a transfer under way.
func (s State) transferring(id ConnectionID) bool {
	for _, p := range s.Participants {
		if p.on(ForTransferee) && p.Errand.For.Connection == id {
			return true
		}
	}
	return false
}
