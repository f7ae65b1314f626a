package call

// PlaySource is one thing to play. Exactly one of its kinds is set.
type PlaySource struct {
	File    string // URI of an audio file
	CacheID string // playSourceCacheId: the file may be kept under this name
}

// Play plays sources in order to everyone, or to the participants named.
type Play struct {
	Repeatable
	Connection ConnectionID
	Operation  Operation
	Sources    []PlaySource
	To         []Address // empty: everyone
	Loop       bool
	Interrupt  bool // stop what the connection has running and waiting
}

func (c *Call) play(in Play) (Answer, error) {
	if _, err := c.connectedOne(in.Connection); err != nil {
		return Answer{}, err
	}
	legs, err := c.targets(PartRecipients, in.To)
	if err != nil {
		return Answer{}, err
	}
	err = c.accept(MediaOperation{
		Connection: in.Connection, Operation: in.Operation,
		Sources: in.Sources, Loop: in.Loop, To: legs, Apart: len(legs) > 0,
	}, in.Interrupt)
	return Answer{}, err
}

func (c *Call) playerStarted(in PlayerStarted) {
	if op := c.operation(in.Operation); op != nil && op.Playing {
		c.tell(PlayStarted{c.about(op.Connection, op.Operation)})
	}
}

func (c *Call) playerFinished(in PlayerFinished) {
	op := c.operation(in.Operation)
	if op == nil || !op.Playing {
		return
	}
	op.Playing = false
	if op.Recognition != nil {
		c.listen(op)
		return
	}
	c.finish(op.ID, PlayCompleted{c.about(op.Connection, op.Operation)})
}

func (c *Call) playerFailed(in PlayerFailed) {
	op := c.operation(in.Operation)
	if op == nil || !op.Playing {
		return
	}
	op.Playing = false
	c.finish(op.ID, c.failedEvent(op, in.Source, in.Reason))
}
