package webhook

import "sync/atomic"

// Counts are totals since the Courier was made, and what is waiting now.
type Counts struct {
	Callbacks Tally
	EventGrid Tally
	Letters   DeadLetterCounts
	Waiting   int // events that are being tried or wait for their turn
}

// Tally counts what became of events.
type Tally struct {
	Delivered  int64
	Retried    int64 // tries that failed and were followed by another
	GivenUp    int64 // refused by the application, or tried for too long
	Overflowed int64 // given up because a queue was full
}

type counters struct{ callbacks, eventGrid tally }

type tally struct{ delivered, retried, givenUp, overflowed atomic.Int64 }

func (t *tally) read() Tally {
	return Tally{t.delivered.Load(), t.retried.Load(), t.givenUp.Load(), t.overflowed.Load()}
}

// Counts are the totals so far.
func (c *Courier) Counts() Counts {
	counts := Counts{Callbacks: c.counts.callbacks.read(), EventGrid: c.counts.eventGrid.read(), Letters: c.letters.read()}
	for _, p := range c.progress {
		counts.Waiting += p.waiting()
	}
	return counts
}

func (c *Courier) tallyOf(d *delivery) *tally {
	if d.subscription == nil {
		return &c.counts.callbacks
	}
	return &c.counts.eventGrid
}
