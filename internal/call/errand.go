package call

// Errand is why a participant is in the call, or on its way into it.
type Errand struct {
	Kind ErrandKind
	// For is who asked for the participant and hears whether it comes: of a
	// CreateTarget the connection that CreateCall made, of an Invitation the
	// recipient of the AddParticipant, of a ForTransferee that of the Transfer, of a
	// ToMove that of the MoveHere.
	For          Recipient
	InvitationID string       // of an Invitation
	Replaces     string       // of a ForReferrer: the dialog that it is to give up for this one (RFC 3891)
	From         ConnectionID // of a ToMove or Transferred: the application's seat in the call that the participant comes from
	Leg          LegID        // of a ForTransferee or ForComer: who is to talk to it; of a ForReferrer: whose far end asked for it; of a Transferred: what it is in the call it comes from
}

// ErrandKind is what a participant came for.
type ErrandKind string

const (
	Caller        ErrandKind = "caller"         // it dialled us
	ForCaller     ErrandKind = "for-caller"     // whom the caller dialled, or was redirected to
	CreateTarget  ErrandKind = "create-target"  // a target of CreateCall
	Invitation    ErrandKind = "invitation"     // added by AddParticipant
	ForReferrer   ErrandKind = "for-referrer"   // who is to take the place of somebody whose far end asked for that
	ForTransferee ErrandKind = "for-transferee" // whom somebody in the call is transferred to
	ToMove        ErrandKind = "to-move"        // asked for in another call by MoveHere
	ForComer      ErrandKind = "for-comer"      // whom a Transferred is to talk to
	Transferred   ErrandKind = "transferred"    // it comes from another call, to the target that this one was opened for
)

// on reports whether a participant is still on its way for an errand.
func (p Participant) on(kind ErrandKind) bool {
	return p.State == Invited && p.Errand.Kind == kind
}

// sentFor reports whether a participant is on its way for an operation that
// ends when it comes or does not.
func (p Participant) sentFor() bool {
	return p.State == Moving || p.on(Invitation) || p.on(ForTransferee)
}

// ringsFor reports whether a target of the connection may still answer.
func (c *Call) ringsFor(id ConnectionID) bool {
	for _, p := range c.state.Participants {
		if p.on(CreateTarget) && p.Errand.For.Connection == id {
			return true
		}
	}
	return false
}

// ringsForCaller reports whether somebody is being dialled for the waiting caller.
func (c *Call) ringsForCaller() bool {
	for _, p := range c.state.Participants {
		if p.on(ForCaller) {
			return true
		}
	}
	return false
}

// arrived tells whoever sent for the participant that it is here.
func (c *Call) arrived(p Participant) {
	switch p.Errand.Kind {
	case CreateTarget:
		if conn := c.live(p.Errand.For.Connection); conn != nil {
			c.connect(conn)
		}
	case Invitation:
		c.tell(AddParticipantSucceeded{p.Errand.For, p.Address})
	case ForTransferee:
		c.transferred(p)
	case ToMove:
		c.tell(MoveParticipantSucceeded{Recipient: p.Errand.For, Participant: p.Address, From: p.Errand.From})
	case ForReferrer:
		c.tookPlace(p)
	case ForComer:
		c.awaitComer(p)
	}
}

// notReached tells whoever sent for the participant that it will not come.
func (c *Call) notReached(p Participant, cause Cause) {
	cause.Phone = p.Address.IsPhone()
	switch p.Errand.Kind {
	case Invitation:
		c.tell(AddParticipantFailed{p.Errand.For, p.Address, cause})
	case ForTransferee:
		c.tell(CallTransferFailed{p.Errand.For, cause})
	case ToMove:
		c.tell(MoveParticipantFailed{Recipient: p.Errand.For, Participant: p.Address, From: p.Errand.From, Cause: cause})
	case ForReferrer:
		c.tellReferrer(p, cause)
	case ForComer:
		c.giveComerUp(p, cause)
	case Transferred:
		c.tellTransferor(p, cause)
	case CreateTarget:
		conn := c.live(p.Errand.For.Connection)
		if conn != nil && conn.State == Connecting && !c.ringsFor(conn.ID) {
			c.failConnecting(conn, cause)
		}
	case ForCaller:
		if waiting := c.waitingCaller(); waiting != nil && !c.ringsForCaller() {
			c.turnAway(waiting.Leg, cause)
		}
	}
}
