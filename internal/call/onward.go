package call

// ---- A transfer out of a call that goes on. The transferee moves to a call of its
// own, in which the target has been dialled: ----
//
//	earlier  Transfer      it stays, and a new call is opened for it
//	new      OpenOnward    the target is dialled, the transferee is Moving
//	new      LegAnswered   the earlier call is asked for it, as in every move
//	earlier  HandedOver    it has moved
//
// Until then either call may give up and tells the other: NotTransferred, NotMoved.

// Onward is a transfer that leads a participant to a call of its own.
type Onward struct {
	For    Recipient
	Target Address
	Leg    LegID // of the participant in the new call
}

// OpenOnward opens a call in which a target is dialled for somebody who comes out
// of another call when it has answered.
type OpenOnward struct {
	Repeatable
	Call        ID
	From        ConnectionID // the application's seat in the earlier call
	Leg         LegID        // of the transferee in the earlier call
	Transferee  Address
	Target      Address
	Caller      Address // whom the target sees
	CallerName  string
	Headers     map[string]string // of SIP
	VoIPHeaders map[string]string
}

// Opens is the call that begins with the command.
func (in OpenOnward) Opens() ID { return in.Call }

// Open opens another call. When it cannot be opened, this one gets NotTransferred.
type Open struct {
	asksCall
	Leg  LegID // of the transferee here
	With OpenOnward
}

// TellCall gives another call a signal.
type TellCall struct {
	asksCall
	To   ID
	What Signal
}

// NotTransferred: the new call has given the transferee up, who is not in it.
type NotTransferred struct {
	reports
	Leg   LegID // of the transferee here
	There LegID // and what it would have been there
	Cause Cause
}

// sendOnward opens a call for a transferee and its target.
func (c *Call) sendOnward(p *Participant, to Recipient, in Transfer) {
	by := transferor(c.live(to.Connection), *p, in)
	p.Onward = &Onward{For: to, Target: in.Target, Leg: NewLegID(in.Onward, 1)}
	c.ask(Open{Leg: p.Leg, With: OpenOnward{
		Call: in.Onward, From: to.Connection, Leg: p.Leg, Transferee: p.Address, Target: in.Target,
		Caller: by.from, CallerName: by.name, Headers: by.headers, VoIPHeaders: by.voip,
	}})
}

func (c *Call) openOnward(in OpenOnward) (Answer, error) {
	if c.state.Step > 0 {
		return Answer{}, refuse(Conflict, "The call exists already.")
	}
	c.state.StartedBy = in.Transferee
	comer := Participant{
		Leg: c.nextLeg(), Address: in.Transferee, State: Moving,
		Errand: Errand{Kind: Transferred, From: in.From, Leg: in.Leg},
	}
	c.state.Participants = append(c.state.Participants, comer)
	c.invite(Participant{
		Address: in.Target, SIPHeaders: in.Headers, VoIPHeaders: in.VoIPHeaders,
		Errand: Errand{Kind: ForComer, Leg: comer.Leg},
	}, caller{from: in.Caller, name: in.CallerName, headers: in.Headers, voip: in.VoIPHeaders}, ringTimeout)
	return Answer{}, nil
}

// awaitComer: the target has answered, and the transferee is to come.
func (c *Call) awaitComer(target Participant) {
	if comer := c.comer(target); comer != nil {
		c.startTimer(Timer{Purpose: RingTimer, Leg: comer.Leg}, ringTimeout)
		c.ask(Fetch{Leg: comer.Leg, From: comer.Errand.From, Participant: comer.Address})
	}
}

// comer is who is still to come to the target that was dialled for them, or nil.
func (c *Call) comer(target Participant) *Participant {
	if p := c.participant(target.Errand.Leg); target.Errand.Kind == ForComer && p != nil && p.State == Moving {
		return p
	}
	return nil
}

// giveComerUp: the target is not there for whoever was to come.
func (c *Call) giveComerUp(target Participant, cause Cause) {
	if comer := c.comer(target); comer != nil {
		c.gone(comer.Leg, cause)
	}
}

// tellTransferor reports to the earlier call that somebody does not come here. It is
// why this one ends.
func (c *Call) tellTransferor(comer Participant, cause Cause) {
	c.endCause = cause
	c.ask(TellCall{To: comer.Errand.Leg.Call(), What: NotTransferred{Leg: comer.Errand.Leg, There: comer.Leg, Cause: cause}})
}

func (c *Call) notTransferred(in NotTransferred) {
	if p := c.participant(in.Leg); p != nil && p.Onward != nil && p.Onward.Leg == in.There {
		c.endOnward(p, in.Cause)
	}
}

// endOnward ends a transfer that has not led anywhere.
func (c *Call) endOnward(p *Participant, cause Cause) {
	cause.Phone = p.Onward.Target.IsPhone()
	c.tell(CallTransferFailed{p.Onward.For, cause})
	p.Onward = nil
}

// callOff ends a transfer from this side: the new call is not to wait for the
// transferee any more.
func (c *Call) callOff(p *Participant, cause Cause) {
	there := p.Onward.Leg
	c.endOnward(p, cause)
	c.ask(TellCall{To: there.Call(), What: NotMoved{Leg: there, Cause: cause}})
}

// callOffFor calls off the transfers that a connection has under way.
func (c *Call) callOffFor(id ConnectionID, cause Cause) {
	for i := range c.state.Participants {
		if p := &c.state.Participants[i]; p.Onward != nil && p.Onward.For.Connection == id {
			c.callOff(p, cause.unfinished())
		}
	}
}

// wentOnward: the new call has taken the transferee in.
func (c *Call) wentOnward(p *Participant) {
	if p.Onward != nil {
		c.tell(CallTransferAccepted{Recipient: p.Onward.For, Target: p.Onward.Target, Transferee: p.Address})
		p.Onward = nil
	}
}
