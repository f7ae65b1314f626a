package webhook

import (
	"context"
	"errors"
	"log/slog"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook/ga"
	"strowger/internal/webhook/grid"
)

// read queues what the last run left over, then what is new.
func (c *Courier) read(ctx context.Context, stream int) error {
	checkpoint, err := c.parts.Journal.Checkpoint(ctx, stream)
	if err != nil {
		return err
	}
	n, err := readNotes(checkpoint)
	if err != nil {
		return err
	}
	if err := c.resume(ctx, stream, n); err != nil {
		return err
	}
	c.progress[stream].resume(n.Next)
	return c.parts.Journal.Follow(ctx, stream, n.Next, func(r journal.Record) error {
		c.queue(ctx, r, c.deliveries(r))
		return nil
	})
}

// resume queues the deliveries that a checkpoint lists.
func (c *Courier) resume(ctx context.Context, stream int, n notes) error {
	left := map[uint64]map[position]bool{}
	var order []uint64
	for _, at := range n.Pending {
		if left[at.Sequence] == nil {
			left[at.Sequence] = map[position]bool{}
			order = append(order, at.Sequence)
		}
		left[at.Sequence][at] = true
	}
	for _, sequence := range order {
		r, err := c.parts.Journal.At(ctx, stream, sequence)
		if errors.Is(err, journal.ErrNotFound) || errors.Is(err, journal.ErrUnreadable) {
			c.parts.Log.Error("events that were not delivered are lost",
				slog.Int("stream", stream), slog.Uint64("sequence", sequence), slog.String("error", err.Error()))
			continue
		}
		if err != nil {
			return err
		}
		var again []*delivery
		for _, d := range c.deliveries(r) {
			if left[sequence][d.position] {
				again = append(again, d)
			}
		}
		c.queue(ctx, r, again)
	}
	return nil
}

// queue hands deliveries to their destinations.
func (c *Courier) queue(ctx context.Context, r journal.Record, deliveries []*delivery) {
	for _, d := range c.progress[r.Stream].take(r.Sequence, deliveries) {
		c.overflow(d, "too many events are waiting to be delivered")
	}
	for _, d := range deliveries {
		c.enqueue(ctx, d)
	}
}

// deliveries are what a record's events become: a callback each, or one
// Event Grid event for each subscription that asked for it.
func (c *Courier) deliveries(r journal.Record) []*delivery {
	var all []*delivery
	for i, e := range r.Events {
		switch e := e.(type) {
		case call.ForConnection:
			if d := c.callback(r, i, e); d != nil {
				all = append(all, d)
			}
		case call.ForSubscribers:
			all = append(all, c.eventGrid(r, i, e)...)
		}
	}
	return all
}

// callback renders an event in the family of its connection's api-version;
// there is one family now.
func (c *Courier) callback(r journal.Record, i int, e call.ForConnection) *delivery {
	d := c.newDelivery(r, i)
	message, ok, err := ga.Render(r, i)
	if err != nil {
		c.unrendered(d, err)
		return nil
	}
	if !ok {
		return nil // not for an application of this version
	}
	d.kind, d.body, d.url = message.Type, message.Body, e.To().CallbackURI
	d.destination = destination{connection: e.To().Connection}
	return d
}

func (c *Courier) eventGrid(r journal.Record, i int, e call.ForSubscribers) []*delivery {
	var all []*delivery
	for _, s := range c.subscriptions {
		if !s.wants(e) {
			continue
		}
		d := c.newDelivery(r, i)
		message, err := grid.Render(r, i, c.config.ResourceID, c.parts.Sealer)
		if err != nil {
			c.unrendered(d, err)
			continue
		}
		d.Subscription, d.subscription = s.name, s
		d.kind, d.body, d.url = message.Type, message.Body, s.URL
		d.destination = destination{subscription: s.name, key: d.call.Key()}
		if _, ok := e.(call.IncomingCall); ok {
			d.limits = limits{tries: incomingTries, deadline: r.Time.Add(incomingLife), pause: incomingPause}
		}
		all = append(all, d)
	}
	return all
}

func (c *Courier) unrendered(d *delivery, err error) {
	c.logger(d).Error("an event could not be put in its published form", slog.String("error", err.Error()))
}
