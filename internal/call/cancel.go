package call

// CancelMedia stops every media operation of whoever commands it: those of the
// connection or, out of call, those whose events go to the same URI.
type CancelMedia struct {
	Repeatable
	Connection ConnectionID // empty: out of call
	Operation  Operation
}

func (c *Call) cancelMedia(in CancelMedia) (Answer, error) {
	by, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	c.cancelQueue(by.Queue())
	return Answer{}, nil
}
