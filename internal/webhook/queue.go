package webhook

import (
	"context"
	"sync"
)

// queueMost bounds what waits for one destination. A connection makes far
// fewer events in the time in which one is given up.
const queueMost = 512

// queues are the deliveries that wait, by destination. A destination is in the
// map exactly while a goroutine serves it.
type queues struct {
	mu      sync.Mutex
	waiting map[destination][]*delivery
}

// add appends d. It reports whether the destination needs a goroutine, and what
// has to be given up to make room.
func (q *queues) add(d *delivery) (idle bool, overflow *delivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting, served := q.waiting[d.destination]
	if len(waiting) >= queueMost {
		overflow, waiting = waiting[0], waiting[1:]
	}
	q.waiting[d.destination] = append(waiting, d)
	return !served, overflow
}

// next takes the oldest delivery. When there is none the destination is
// forgotten and its goroutine has to end.
func (q *queues) next(to destination) *delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.waiting[to]
	if len(waiting) == 0 {
		delete(q.waiting, to)
		return nil
	}
	q.waiting[to] = waiting[1:]
	return waiting[0]
}

// enqueue is called by readers only, which Run waits for before it waits for
// senders.
func (c *Courier) enqueue(ctx context.Context, d *delivery) {
	idle, overflow := c.queues.add(d)
	if overflow != nil {
		c.overflow(overflow, "too many events are waiting for this destination")
	}
	if idle {
		c.senders.Go(func() { c.serve(ctx, d.destination) })
	}
}

// serve delivers one at a time what waits for a destination.
func (c *Courier) serve(ctx context.Context, to destination) {
	for ctx.Err() == nil {
		d := c.queues.next(to)
		if d == nil {
			return
		}
		c.deliver(ctx, d)
	}
}
