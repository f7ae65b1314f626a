package call

import "slices"

// LegArrived opens a call: somebody dialled us.
type LegArrived struct {
	reports
	Call        ID
	Leg         LegID // NewLegID(Call, 1)
	From        Address
	FromName    string // display name, "" for a phone number
	To          Address
	Publish     bool // To belongs to this resource: applications get IncomingCall
	Dial        bool // To has an endpoint: it is rung
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
	Dialog      Dialog // that an answer makes
	Trunk       string // that it came through; empty: from a user's phone
}

// Opens is the call that begins with the signal.
func (in LegArrived) Opens() ID { return in.Call }

// LegUnclaimed: the dialled address belongs to this resource and has no
// endpoint, so an application may answer for it.
type LegUnclaimed struct {
	reports
	Leg LegID
}

// IncomingCall: somebody dialled an address of this resource. It can be
// answered, redirected or rejected until one of that is done or its time is over.
type IncomingCall struct {
	Subject
	Incoming    IncomingID
	From        Address
	FromName    string
	To          Address
	OnBehalfOf  Address
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
}

func (c *Call) legArrived(in LegArrived) {
	if len(c.state.Participants) > 0 || c.Over() {
		return
	}
	c.state.LastLeg, c.state.StartedBy = 1, in.From
	c.state.Participants = []Participant{{
		Leg: in.Leg, Address: in.From, Name: in.FromName, State: Calling, Errand: Errand{Kind: Caller},
		Dialled: in.To, SIPHeaders: in.SIPHeaders, VoIPHeaders: in.VoIPHeaders, Dialog: &in.Dialog, Trunk: in.Trunk, Began: c.now,
	}}
	if in.Publish {
		c.publish(in.Leg, in.To, "")
	}
	if in.Dial {
		c.dialFor(in.Leg, in.To)
		return
	}
	c.ask(Ring{Leg: in.Leg})
}

// dialFor dials somebody for the waiting caller.
func (c *Call) dialFor(waiting LegID, to Address) LegID {
	p := c.participant(waiting)
	return c.invite(Participant{Address: to, Errand: Errand{Kind: ForCaller}},
		caller{from: p.Address, name: p.Name, headers: p.SIPHeaders, voip: p.VoIPHeaders}, ringTimeout)
}

// publish lets applications take a call: a caller, or an invitation to one of
// the resource's own users, waits for one of them.
func (c *Call) publish(leg LegID, to, onBehalfOf Address) {
	c.state.LastIncoming++
	in := Incoming{ID: c.state.LastIncoming, Leg: leg, To: to}
	p := c.participant(leg)
	from, name := p.Address, p.Name
	if p.State == Invited {
		from, name = p.From, p.FromName // it waits for as long as it is rung
	} else {
		c.startTimer(Timer{Purpose: IncomingTimer, Incoming: in.ID}, ringTimeout)
	}
	c.state.Incoming = append(c.state.Incoming, in)
	c.tell(IncomingCall{
		Subject: c.subject(), Incoming: in.ID, From: from, FromName: name, To: to, OnBehalfOf: onBehalfOf,
		SIPHeaders: p.SIPHeaders, VoIPHeaders: p.VoIPHeaders,
	})
}

// legUnclaimed: whoever was dialled has no endpoint, so an application may
// take the call in its place.
func (c *Call) legUnclaimed(in LegUnclaimed) {
	p := c.participant(in.Leg)
	if p == nil || p.State != Invited {
		return
	}
	waiting := c.waitingCaller()
	if waiting == nil || !p.on(ForCaller) {
		c.publish(in.Leg, p.Address, "")
		return
	}
	// The caller itself waits for the application.
	caller, to := waiting.Leg, p.Address
	c.publish(caller, to, waiting.Dialled)
	c.ask(Ring{Leg: caller})
	c.forget(in.Leg, Cause{Reason: Unavailable})
}

// openIncoming finds an incoming call that can still be taken, and who waits.
func (c *Call) openIncoming(id IncomingID) (*Incoming, *Participant, error) {
	if c.Over() {
		return nil, nil, refuse(NotFound, "The incoming call has ended.")
	}
	for i := range c.state.Incoming {
		in := &c.state.Incoming[i]
		if in.ID == id {
			return in, c.participant(in.Leg), nil
		}
	}
	if id > 0 && id <= c.state.LastIncoming {
		return nil, nil, refuse(NotFound, "The incoming call was answered, redirected or rejected already, or its time is over.")
	}
	return nil, nil, refuse(NotFound, "The incoming call is not known.")
}

// closeIncoming takes back every incoming call of who waits on a leg.
func (c *Call) closeIncoming(leg LegID) {
	for _, in := range c.state.Incoming {
		if in.Leg == leg {
			c.stopWaiting(in.ID)
		}
	}
	c.state.Incoming = slices.DeleteFunc(slices.Clone(c.state.Incoming), func(in Incoming) bool { return in.Leg == leg })
}

// incomingExpired: no application took the call in time.
func (c *Call) incomingExpired(id IncomingID) {
	in, _, err := c.openIncoming(id)
	if err != nil {
		return
	}
	leg := in.Leg
	c.closeIncoming(leg)
	if !c.ringsForCaller() {
		c.turnAway(leg, Cause{Reason: NoAnswer})
	}
}
