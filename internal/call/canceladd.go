package call

// CancelAdd takes back an invitation that has not been taken up.
// Answer: InvitationID, Context.
type CancelAdd struct {
	Repeatable
	Connection   ConnectionID // empty: out of call
	Operation    Operation
	InvitationID string
}

// CancelAddSucceeded: the invitation is taken back. It is the end of the
// AddParticipant too.
type CancelAddSucceeded struct {
	Recipient
	InvitationID string
}

// CancelAddFailed: the participant had joined already.
type CancelAddFailed struct {
	Recipient
	InvitationID string
}

func (c *Call) cancelAdd(in CancelAdd) (Answer, error) {
	to, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	p := c.invited(in.InvitationID)
	if p == nil {
		return Answer{}, &Error{Kind: NotFound, Part: PartInvitation, Reason: "there is no such invitation in this call."}
	}
	answer := Answer{InvitationID: in.InvitationID, Context: in.Operation.Context}
	if p.State != Invited {
		c.tell(CancelAddFailed{Recipient: to, InvitationID: in.InvitationID})
		return answer, nil
	}
	c.tell(CancelAddSucceeded{Recipient: to, InvitationID: in.InvitationID})
	c.ask(HangUp{Leg: p.Leg, Dialog: p.Dialog, Reason: Canceled})
	c.forget(p.Leg, Cause{Reason: Canceled})
	return answer, nil
}

func (c *Call) invited(invitation string) *Participant {
	for i := range c.state.Participants {
		if p := &c.state.Participants[i]; p.Errand.Kind == Invitation && p.Errand.InvitationID == invitation {
			return p
		}
	}
	return nil
}
