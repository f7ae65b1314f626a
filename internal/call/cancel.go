package call

// CancelMedia stops every media operation of a connection.
type CancelMedia struct {
	Repeatable
	Connection ConnectionID
}

func (c *Call) cancelMedia(in CancelMedia) (Answer, error) {
	if _, err := c.connectedOne(in.Connection); err != nil {
		return Answer{}, err
	}
	c.cancelQueue(Queue{Connection: in.Connection})
	return Answer{}, nil
}
