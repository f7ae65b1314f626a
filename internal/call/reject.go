package call

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

// RejectCall refuses whoever waits. The incoming call is taken by that.
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
