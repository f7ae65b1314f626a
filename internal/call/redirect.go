package call

// RedirectCall sends whoever waits on to somebody else. The incoming call is
// taken by that.
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
	c.forget(leg, Cause{Reason: Canceled})
	c.invite(next, caller{from: next.From, name: next.FromName, headers: next.SIPHeaders, voip: next.VoIPHeaders}, ringTimeout)
	return Answer{}, nil
}

// dialInstead dials another target for the waiting caller, in place of
// whoever is being rung for it. The new one is dialled before the others are
// let go, so that the caller is never without anybody.
func (c *Call) dialInstead(waiting LegID, target Address) {
	c.dropDialled(c.dialFor(waiting, target), Canceled)
}
