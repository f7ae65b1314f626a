package call

import "slices"

// mediaQueueMost bounds the media operations that one recipient has waiting.
const mediaQueueMost = 64

// MediaScope is whom a media operation concerns, which decides what may run
// and wait beside it.
type MediaScope string

const (
	WholeCall MediaScope = "call"        // everyone, or the only other one
	SomeLegs  MediaScope = "participant" // some of several participants, apart from the rest
	Beside    MediaScope = "beside"      // a participant, beside all that runs: it waits for nothing
)

// compatible is the published table of media operations: whether one of the
// second scope may wait in a queue that holds one of the first.
var compatible = map[MediaScope]map[MediaScope]bool{
	WholeCall: {WholeCall: true, SomeLegs: true, Beside: true},
	SomeLegs:  {WholeCall: true, SomeLegs: false, Beside: false},
}

// accept queues a media operation and starts it when it is the first.
func (c *Call) accept(op MediaOperation, interrupt bool) error {
	q := op.Recipient.Queue()
	if interrupt {
		c.cancelQueue(q)
	}
	waiting := c.queued(q)
	for _, id := range waiting {
		if !compatible[c.operation(id).Scope][op.Scope] {
			return refuse(Incompatible, "A media operation on a participant is running or queued; it allows only operations on all participants beside it.")
		}
	}
	if len(waiting) >= mediaQueueMost {
		return refuse(TooBusy, "%d media operations are waiting already.", mediaQueueMost)
	}
	c.change()
	c.state.LastOperation++
	op.ID = c.state.LastOperation
	c.state.Media = append(slices.Clip(c.state.Media), op)
	if op.Scope == Beside {
		c.run(c.operation(op.ID))
		return nil
	}
	c.runNext(q)
	return nil
}

func (c *Call) run(op *MediaOperation) {
	op.Running = true
	op.kind().begin(c, op)
}

// queued lists the operations of a queue in order.
func (c *Call) queued(q Queue) []OperationID {
	var ids []OperationID
	for _, op := range c.state.Media {
		if op.Recipient.Queue() == q && op.Scope != Beside {
			ids = append(ids, op.ID)
		}
	}
	return ids
}

// runNext starts the first of a queue, unless it runs already.
func (c *Call) runNext(q Queue) {
	ids := c.queued(q)
	if len(ids) == 0 {
		return
	}
	if op := c.operation(ids[0]); !op.Running {
		c.run(op)
	}
}

// prepareNext has the sound of whatever is next in its queue made ready, so that it
// follows on what runs without a pause.
func (c *Call) prepareNext() {
	place := map[Queue]int{}
	for i := range c.state.Media {
		op := &c.state.Media[i]
		if op.Scope == Beside {
			continue
		}
		q := op.Recipient.Queue()
		if place[q]++; place[q] == 2 && !op.Prepared && len(op.Sources) > 0 {
			op.Prepared = true
			c.ask(PreparePlayer{Operation: op.ID, Sources: op.Sources, Loop: op.Loop})
		}
	}
}

// finish ends an operation with its terminal event and starts the next.
func (c *Call) finish(id OperationID, last Event) {
	q := c.operation(id).Recipient.Queue()
	c.drop(id, last)
	c.runNext(q)
}

// drop ends an operation without starting the next.
func (c *Call) drop(id OperationID, last Event) {
	op := c.operation(id)
	c.stopPlayer(op)
	c.closeEar(op)
	c.stopMediaTimer(id)
	c.state.Media = slices.DeleteFunc(slices.Clone(c.state.Media), func(op MediaOperation) bool { return op.ID == id })
	c.unhold(id)
	c.tellIf(last)
}

// cancelQueue stops everything in a queue.
func (c *Call) cancelQueue(q Queue) {
	for _, id := range c.queued(q) {
		op := c.operation(id)
		c.drop(id, op.kind().canceled(op))
	}
}
