package call

// CallStarted: a user's call was established.
type CallStarted struct{ Subject }

// CallEnded ends what CallStarted began. By is who ended it, "" for the server.
type CallEnded struct {
	Subject
	By    Address
	Cause Cause
}

// settle ends a call that nobody needs any more, and tells the roster.
func (c *Call) settle() {
	if c.Over() || !c.out.Changed {
		return
	}
	c.forgetDisconnected()
	if c.abandoned() {
		c.end(ending{by: c.ender, cause: c.whyAbandoned()})
		return
	}
	c.settleMusic()
	c.prepareNext()
	c.settleRingback()
	c.tellRoster()
}

// abandoned reports whether fewer are left than a conversation needs: an
// application and one other, or two people; in a group's call anybody. Whoever is still on the way counts
// only while somebody waits for them.
func (c *Call) abandoned() bool {
	seats, waiting, coming := c.count()
	switch {
	case waiting > 0:
		return false
	case c.state.Group != "":
		return seats+coming+c.liveConnections() == 0
	case c.liveConnections() > 0:
		return seats == 0 && coming == 0
	case c.state.Phase == Forming:
		return seats+coming < 2 || seats == 0
	}
	return seats < 2 && (coming == 0 || seats == 0)
}

// count counts who is in the conversation, who waits for it, a caller or somebody
// who is transferred to it, and who is on the way.
func (c *Call) count() (joined, waiting, coming int) {
	for _, p := range c.state.Participants {
		switch {
		case p.State == Joined:
			joined++
		case p.State == Calling, p.State == Answering, p.Errand.Kind == Transferred:
			waiting++
		default:
			coming++
		}
	}
	return
}

func (c *Call) whyAbandoned() Cause {
	if c.endCause.Reason != "" {
		return c.endCause
	}
	return Cause{Reason: EndedByApplication}
}

// ending is who ended a call and why.
type ending struct {
	by    Address
	cause Cause
}

// end ends the call for everyone: whoever is on the way is let go, every
// connection hears its operations end and then its last event.
func (c *Call) end(e ending) {
	for i := range c.state.Connections {
		if conn := &c.state.Connections[i]; conn.State != Disconnected {
			c.disconnect(conn, e.cause)
		}
	}
	c.endMedia(e.cause)
	c.endDetections()
	c.endInvitations(e.cause)
	c.endRecording(e.cause.Reason)
	c.ask(Close{})
	for _, p := range c.snapshot() {
		c.release(p, e.cause)
	}
	c.state.Participants, c.state.AudioGroups = nil, nil
	if e.cause.Reason.ofServer() {
		c.hangUpOffered(e.cause.Reason)
	}
	if c.state.Published {
		c.tell(CallEnded{Subject: c.subject(), By: e.by, Cause: e.cause})
	}
	c.state.Phase = Ended
}

// release lets go of a participant's leg when the call ends.
func (c *Call) release(p Participant, cause Cause) {
	c.stopTimersOf(p.Leg)
	c.closeIncoming(p.Leg)
	c.usedLeg(p, cause)
	switch {
	case !p.hasLeg():
	case p.State == Calling:
		c.ask(RejectLeg{Leg: p.Leg, Cause: cause})
	default:
		c.letGo(p, cause.Reason)
	}
	if p.State == Joined {
		c.publishRemoved(p)
	}
}

// started marks the call as established once it is a conversation, and tells
// subscribers of a call in which a user is.
func (c *Call) started() {
	joined, _, _ := c.count()
	if c.state.Phase == Forming && (joined > 1 || joined == 1 && c.anyConnected()) {
		c.state.Phase = Established
	}
	if c.state.Published || c.state.Phase != Established {
		return
	}
	for _, p := range c.state.Participants {
		if p.State == Joined && p.Address.IsUser() {
			c.publishStart()
			return
		}
	}
}

// publishStart tells subscribers of the call and of the users who are in it.
func (c *Call) publishStart() {
	c.state.Published = true
	c.tell(CallStarted{c.subject()})
	for _, p := range c.state.Participants {
		if p.State == Joined {
			c.publishAdded(p)
		}
	}
}

// subject is what Event Grid events say about this call. A call is two-party
// until a third takes part in it; a group's call never is.
func (c *Call) subject() Subject {
	parties, waiting, _ := c.count()
	for _, conn := range c.state.Connections {
		if conn.State != Disconnected && !c.seated(conn.ID) {
			parties++
		}
	}
	if parties+waiting > 2 {
		c.state.Grew = true
	}
	group := c.state.Group
	return Subject{StartedBy: c.state.StartedBy, Group: group, TwoParty: !c.state.Grew && group == ""}
}
