package call

// legArrived opens a call that somebody else placed.
func (c *Call) legArrived(in LegArrived) {
	if len(c.state.Participants) > 0 || c.Over() {
		return
	}
	c.state.LastLeg, c.state.StartedBy = 1, in.From
	c.state.Participants = []Participant{{
		Leg: in.Leg, Address: in.From, Name: in.FromName, State: Calling, Caller: true,
		Dialled: in.To, SIPHeaders: in.SIPHeaders, VoIPHeaders: in.VoIPHeaders,
	}}
	if in.Publish {
		c.raise(in.Leg, in.To, "")
	}
	if in.Dial {
		c.invite(Participant{Address: in.To}, c.callerOf(in.Leg), ringTimeout)
		return
	}
	c.ask(Ring{Leg: in.Leg})
}

// callerOf is how a waiting caller is presented to whom it reaches.
func (c *Call) callerOf(leg LegID) caller {
	p := c.participant(leg)
	return caller{from: p.Address, name: p.Name, headers: p.SIPHeaders}
}

// raise opens an incoming call to applications: a caller, or an invitation to one
// of the resource's own users, waits for one of them to take it.
func (c *Call) raise(leg LegID, to, onBehalfOf Address) {
	c.state.LastIncoming++
	o := Incoming{ID: c.state.LastIncoming, Leg: leg, To: to}
	p := c.participant(leg)
	from, name := p.Address, p.Name
	if p.State == Invited {
		from, name = p.From, p.FromName // its ringing timer is its expiry
	} else {
		o.Expiry = c.startTimer(ringTimeout)
	}
	c.state.Incoming = append(c.state.Incoming, o)
	c.tell(IncomingCall{
		Subject: c.subject(), Incoming: o.ID, From: from, FromName: name, To: to, OnBehalfOf: onBehalfOf,
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
	if waiting == nil || p.Invite != nil || p.Target != "" {
		c.raise(in.Leg, p.Address, "")
		return
	}
	// Dialled for a caller: the caller itself waits for the application.
	caller, to := waiting.Leg, p.Address
	c.raise(caller, to, waiting.Dialled)
	c.ask(Ring{Leg: caller})
	c.forget(in.Leg)
}

// openIncoming finds an incoming call that can still be taken.
func (c *Call) openIncoming(id IncomingID) (*Incoming, *Participant, error) {
	if c.Over() {
		return nil, nil, refuse(NotFound, "The incoming call has ended.")
	}
	for i := range c.state.Incoming {
		o := &c.state.Incoming[i]
		if o.ID == id {
			return o, c.participant(o.Leg), nil
		}
	}
	if id > 0 && id <= c.state.LastIncoming {
		return nil, nil, refuse(NotFound, "The incoming call was answered, redirected or rejected already, or its time is over.")
	}
	return nil, nil, refuse(NotFound, "The incoming call is not known.")
}

// closeIncoming takes back every incoming call of who waits on a leg.
func (c *Call) closeIncoming(leg LegID) {
	var open []Incoming
	for _, o := range c.state.Incoming {
		if o.Leg == leg {
			c.stopTimer(&o.Expiry)
			continue
		}
		open = append(open, o)
	}
	c.state.Incoming = open
}

func (c *Call) incomingExpired(leg LegID) {
	c.closeIncoming(leg)
	if !c.ringsForCaller() {
		c.turnAway(leg, Cause{Reason: NoAnswer})
	}
}

// AnswerCall takes an incoming call: the application gets a seat in the call.
// Answer: Connection.
type AnswerCall struct {
	Repeatable
	Incoming   IncomingID
	Connection ConnectionID
	App        Application
	Context    string
	AnsweredBy Address // the identity that the application answers as; may be empty
}

func (c *Call) answer(in AnswerCall) (Answer, error) {
	o, p, err := c.openIncoming(in.Incoming)
	if err != nil {
		return Answer{}, err
	}
	conn := Connection{
		ID: in.Connection, App: in.App, Context: in.Context, State: Connecting,
		Source: p.Address, SourceName: p.Name, Targets: []Address{o.To}, AnsweredBy: in.AnsweredBy,
	}
	if p.Dialled.IsPhone() {
		conn.AnsweredFor = p.Dialled
	}
	if p.State == Invited {
		conn.Source, conn.SourceName = p.From, p.FromName
	}
	if conn.Source.IsPhone() {
		conn.CallerID = conn.Source
	}
	c.state.Connections = append(c.state.Connections, conn)
	c.closeIncoming(p.Leg)
	if p.State == Calling {
		c.takeCall(p, "")
	} else {
		c.takeSeat(p, in.Connection)
	}
	properties := conn.properties(c.state.ID)
	return Answer{Connection: &properties, Context: in.Context}, nil
}

// takeSeat makes the application itself the participant that was invited.
func (c *Call) takeSeat(p *Participant, id ConnectionID) {
	p.Seat = id
	c.joined(p)
	c.connect(c.live(id))
}

// RedirectCall sends whoever waits on to somebody else. The incoming call is used.
type RedirectCall struct {
	Repeatable
	Incoming IncomingID
	Target   Address
}

func (c *Call) redirect(in RedirectCall) (Answer, error) {
	_, p, err := c.openIncoming(in.Incoming)
	if err != nil {
		return Answer{}, err
	}
	leg := p.Leg
	c.closeIncoming(leg)
	if p.State == Calling {
		c.dialInstead(leg, in.Target)
		return Answer{}, nil
	}
	next := *p
	next.Address = in.Target
	by := caller{from: p.From, name: p.FromName, headers: p.SIPHeaders}
	c.forget(leg)
	c.invite(next, by, ringTimeout)
	return Answer{}, nil
}

// dialInstead dials another target for the waiting caller, in place of
// whoever is being rung for it. The new one is dialled before the others are
// let go, so that the caller is never without anybody.
func (c *Call) dialInstead(waiting LegID, target Address) {
	leg := c.invite(Participant{Address: target}, c.callerOf(waiting), ringTimeout)
	c.dropDialled(leg, Canceled)
}

// forget takes an invited participant off the list without telling anybody:
// another takes its place.
func (c *Call) forget(leg LegID) {
	c.closeIncoming(leg)
	i := c.indexOf(leg)
	c.stopTimer(&c.state.Participants[i].Ringing)
	c.state.Participants = append(c.state.Participants[:i:i], c.state.Participants[i+1:]...)
}

// RejectReason says why an application does not take a call.
type RejectReason string

const (
	RejectNone      RejectReason = "none"
	RejectBusy      RejectReason = "busy"
	RejectForbidden RejectReason = "forbidden"
)

func (r RejectReason) cause() Cause {
	switch r {
	case RejectBusy:
		return Cause{Reason: Busy}
	case RejectForbidden:
		return Cause{Reason: NotAllowed}
	}
	return Cause{Reason: Declined}
}

// RejectCall refuses whoever waits. The incoming call is used.
type RejectCall struct {
	Repeatable
	Incoming IncomingID
	Reason   RejectReason
}

func (c *Call) reject(in RejectCall) (Answer, error) {
	_, p, err := c.openIncoming(in.Incoming)
	if err != nil {
		return Answer{}, err
	}
	if p.State == Calling {
		c.turnAway(p.Leg, in.Reason.cause())
	} else {
		c.gone(p.Leg, in.Reason.cause())
	}
	return Answer{}, nil
}
