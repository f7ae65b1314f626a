package bridge

import (
	"context"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// Ears recognise what is said.
type Ears interface {
	// Open opens an ear. told is told what comes of it, by one goroutine of the ear's and
	// in order. The error, why there is none, is told too: it is an EarFailed.
	Open(e call.OpenEar, told func(call.Signal)) (Ear, *call.EarFailed)
}

// Ear listens to one voice. Its methods wait for nobody.
type Ear interface {
	// Hear takes the next 20 ms of the voice; nil is silence. One goroutine calls it.
	Hear(frame []int16, rateHz int)
	// Close ends it: one thing more may be told meanwhile.
	Close()
}

// openEar has it recognised what is said over a leg, also by who is on hold. Who is
// muted says nothing.
func (c *conversation) openEar(ctx context.Context, e call.OpenEar) {
	o, ok := c.overhear(e.Leg, 1) // whoever speaks is to interrupt the prompt at once
	if !ok {
		return
	}
	c.ears[e.Operation] = o.tap
	c.tasks.Go(func() {
		defer o.tap.Close()
		told := func(sig call.Signal) { c.cfg.Signals.Signal(c.id, sig) }
		ear, failed := c.cfg.Ears.Open(e, told)
		if failed != nil {
			told(*failed)
			return
		}
		defer ear.Close()
		o.each(ctx, func(said *mixer.Said, rateHz int) bool {
			if said == nil || said.Muted {
				ear.Hear(nil, rateHz)
			} else {
				ear.Hear(said.Samples, rateHz)
			}
			return true
		})
	})
}

func (c *conversation) closeEar(id call.OperationID) {
	if tap := c.ears[id]; tap != nil {
		tap.Close()
		delete(c.ears, id)
	}
}
