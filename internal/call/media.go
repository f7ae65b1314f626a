package call

import "slices"

// mediaQueueMost bounds the media operations that one connection has waiting.
const mediaQueueMost = 64

// MediaOperation is a play or a recognition. The operations of a connection
// run one after the other, in the order in which they were accepted.
type MediaOperation struct {
	ID         OperationID
	Connection ConnectionID
	Operation  Operation
	Sources    []PlaySource
	Loop       bool
	To         []LegID // empty: everyone
	Apart      bool    // a sub-leg operation: To hears it apart from the conversation
	Playing    bool    // a player runs for it
	Running    bool

	Recognition *Recognition
	Timer       TimerID // of the recognition
}

// accept queues a media operation and starts it when it is the first.
func (c *Call) accept(op MediaOperation, interrupt bool) error {
	if err := c.compatible(op, interrupt); err != nil {
		return err
	}
	if interrupt {
		c.cancelMediaOf(op.Connection)
	}
	if len(c.mediaOf(op.Connection)) >= mediaQueueMost {
		return refuse(TooBusy, "%d media operations are waiting already.", mediaQueueMost)
	}
	c.change()
	c.state.LastOperation++
	op.ID = c.state.LastOperation
	c.state.Media = append(c.state.Media, op)
	c.runNext(op.Connection)
	return nil
}

// compatible holds the published table: beside an operation on a participant
// apart, only operations on the whole call may be queued.
func (c *Call) compatible(op MediaOperation, interrupt bool) error {
	if !op.Apart || interrupt {
		return nil
	}
	for _, id := range c.mediaOf(op.Connection) {
		if c.operation(id).Apart {
			return refuse(Incompatible, "A media operation on a participant is running or queued; it allows only operations on all participants beside it.")
		}
	}
	return nil
}

// mediaOf lists a connection's media operations in order.
func (c *Call) mediaOf(id ConnectionID) []OperationID {
	var ops []OperationID
	for _, op := range c.state.Media {
		if op.Connection == id {
			ops = append(ops, op.ID)
		}
	}
	return ops
}

func (c *Call) operation(id OperationID) *MediaOperation {
	for i := range c.state.Media {
		if c.state.Media[i].ID == id {
			return &c.state.Media[i]
		}
	}
	return nil
}

func (c *Call) runNext(id ConnectionID) {
	ops := c.mediaOf(id)
	if len(ops) == 0 {
		return
	}
	if op := c.operation(ops[0]); !op.Running {
		op.Running = true
		c.run(op)
	}
}

func (c *Call) run(op *MediaOperation) {
	if op.Recognition != nil && len(op.Sources) == 0 {
		c.listen(op)
		return
	}
	op.Playing = true
	c.ask(StartPlayer{Operation: op.ID, Sources: op.Sources, To: op.To, Loop: op.Loop})
	c.holdTargets(op, true)
}

// holdTargets takes the participants that an operation plays to apart out of
// the conversation, or brings them back: applications see them on hold.
func (c *Call) holdTargets(op *MediaOperation, hold bool) {
	if !op.Apart || op.Recognition != nil {
		return
	}
	for _, leg := range op.To {
		p := c.participant(leg)
		if p == nil || p.OnHold == hold || !hold && c.heldByAnother(leg, op.ID) {
			continue
		}
		p.OnHold = hold
		c.ask(Isolate{Leg: leg, Isolated: hold})
		c.rosterChanged = true
	}
}

func (c *Call) heldByAnother(leg LegID, except OperationID) bool {
	for _, op := range c.state.Media {
		if op.ID == except || !op.Running || !op.Apart || op.Recognition != nil {
			continue
		}
		if slices.Contains(op.To, leg) {
			return true
		}
	}
	return false
}

// finish ends an operation with its terminal event and starts the next.
func (c *Call) finish(id OperationID, last Event) {
	connection := c.operation(id).Connection
	c.drop(id, last)
	c.runNext(connection)
}

// drop ends an operation without starting the next.
func (c *Call) drop(id OperationID, last Event) {
	op := *c.operation(id)
	if op.Playing {
		c.ask(StopPlayer{Operation: id})
	}
	c.stopTimer(&op.Timer)
	c.state.Media = slices.DeleteFunc(slices.Clone(c.state.Media), func(op MediaOperation) bool { return op.ID == id })
	if op.Running {
		c.holdTargets(&op, false)
	}
	c.tell(last)
}

// canceledEvent is how an operation ends that was stopped.
func (c *Call) canceledEvent(op *MediaOperation) Event {
	r := c.about(op.Connection, op.Operation)
	if op.Recognition != nil {
		return RecognizeCanceled{r}
	}
	return PlayCanceled{r}
}

// failedEvent is how an operation ends that could not go on.
func (c *Call) failedEvent(op *MediaOperation, source int, why Reason) Event {
	r := c.about(op.Connection, op.Operation)
	if op.Recognition != nil {
		return RecognizeFailed{Recipient: r, Source: source, Cause: Cause{Reason: why}}
	}
	return PlayFailed{Recipient: r, Source: max(source, 0), Cause: Cause{Reason: why}}
}

// CancelMedia stops every media operation of a connection.
type CancelMedia struct {
	Repeatable
	Connection ConnectionID
}

func (c *Call) cancelMedia(in CancelMedia) (Answer, error) {
	if _, err := c.connectedOne(in.Connection); err != nil {
		return Answer{}, err
	}
	c.cancelMediaOf(in.Connection)
	return Answer{}, nil
}

func (c *Call) cancelMediaOf(id ConnectionID) {
	for _, op := range c.mediaOf(id) {
		c.drop(op, c.canceledEvent(c.operation(op)))
	}
}

// endMediaOf ends a connection's operations because the connection ends.
func (c *Call) endMediaOf(id ConnectionID, cause Cause) {
	for _, op := range c.mediaOf(id) {
		last := c.canceledEvent(c.operation(op))
		if cause.Reason == NodeLost || cause.Reason == ShutDown {
			last = c.failedEvent(c.operation(op), -1, cause.Reason)
		}
		c.drop(op, last)
	}
}

// endMediaFor ends what was for a participant that left, and takes it out of
// what is for others too.
func (c *Call) endMediaFor(leg LegID) {
	for _, op := range slices.Clone(c.state.Media) {
		if !slices.Contains(op.To, leg) {
			continue
		}
		live := c.operation(op.ID)
		if live == nil {
			continue
		}
		live.To = slices.DeleteFunc(slices.Clone(live.To), func(to LegID) bool { return to == leg })
		if len(live.To) > 0 {
			continue
		}
		last := c.canceledEvent(live)
		if live.Recognition != nil {
			last = c.failedEvent(live, -1, ParticipantAbsent)
		}
		c.finish(op.ID, last)
	}
}

// targets finds the legs of participants that media can be played to.
func (c *Call) targets(part Part, addresses []Address) ([]LegID, error) {
	var legs []LegID
	for _, a := range addresses {
		p := c.named(a)
		if p == nil || p.State != Joined {
			return nil, &Error{Kind: NotFound, Part: part, Reason: string(a) + " is not in the call."}
		}
		if p.Seat != "" {
			return nil, &Error{Kind: Invalid, Part: part, Reason: string(a) + " is an application: nothing can be played to it."}
		}
		legs = append(legs, p.Leg)
	}
	return legs, nil
}

// group reports whether more than one participant is in the conversation.
func (c *Call) group() bool {
	joined, _, _ := c.count()
	return joined > 1
}
