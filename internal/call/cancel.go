package call

import "slices"

// CancelMedia stops media operations of whoever commands it: one that is named, or
// all. They are those of the connection or, out of call, those whose events go to
// the same URI; of those that were asked for out of call any can be named.
type CancelMedia struct {
	Repeatable
	Connection  ConnectionID // empty: out of call
	Operation   Operation
	Named       string  // Operation.Named of the one to stop; empty: all
	Participant Address // with Named: whom it is for; empty: whoever it is for
}

func (c *Call) cancelMedia(in CancelMedia) (Answer, error) {
	by, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	if in.Named == "" {
		c.cancelQueue(by.Queue())
		return Answer{}, nil
	}
	op, err := c.namedOperation(in)
	if err != nil {
		return Answer{}, err
	}
	c.finish(op.ID, op.kind().canceled(op))
	return Answer{}, nil
}

// namedOperation finds the one operation that a CancelMedia is to stop.
func (c *Call) namedOperation(in CancelMedia) (*MediaOperation, error) {
	var of []LegID
	if in.Participant != "" {
		legs, err := c.hearers(PartParticipant, []Address{in.Participant})
		if err != nil {
			return nil, err
		}
		of = legs
	}
	for i := range c.state.Media {
		op := &c.state.Media[i]
		if op.Recipient.Connection == in.Connection && op.Recipient.Operation == in.Named && (of == nil || slices.Contains(op.To, of[0])) {
			return op, nil
		}
	}
	return nil, &Error{Kind: NotFound, Part: PartOperation, Reason: "there is no such media operation, or it has ended."}
}
