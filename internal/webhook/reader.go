package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"strowger/internal/call"
	"strowger/internal/journal"
)

// read queues what the last run left over, then what is new.
func (c *Courier) read(ctx context.Context, stream int) error {
	checkpoint, err := c.config.Journal.Checkpoint(ctx, stream)
	if err != nil {
		return err
	}
	n, err := readNotes(checkpoint)
	if err != nil {
		return err
	}
	from := checkpoint.Read
	if from.Next == 0 { // saved by a version that noted it only for itself
		from.Next = n.Next
	}
	if err := c.resume(ctx, stream, n.Pending, from.Next); err != nil {
		return err
	}
	c.progress[stream].resume(from)
	return c.config.Journal.Follow(ctx, stream, from, func(r journal.Record) error {
		deliveries := c.deliveries(r)
		c.queue(ctx, deliveries, c.progress[stream].read(journal.Position{Next: r.Sequence + 1, Last: r.Taken}, deliveries))
		return nil
	})
}

// resume queues the deliveries that a checkpoint lists. Those from next on are
// none any more: the journal has lost their records, and has others in their place.
func (c *Courier) resume(ctx context.Context, stream int, pending []position, next uint64) error {
	left := map[uint64]map[position]bool{}
	var order []uint64
	for _, at := range pending {
		if left[at.Sequence] == nil {
			left[at.Sequence] = map[position]bool{}
			order = append(order, at.Sequence)
		}
		left[at.Sequence][at] = true
	}
	for _, sequence := range order {
		r, err := c.at(ctx, stream, sequence, next)
		if errors.Is(err, journal.ErrNotFound) || errors.Is(err, journal.ErrUnreadable) {
			c.config.Log.Error("events that were not delivered are lost",
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
		c.queue(ctx, again, c.progress[stream].take(again))
	}
	return nil
}

// at is a record from before next.
func (c *Courier) at(ctx context.Context, stream int, sequence, next uint64) (journal.Record, error) {
	if sequence >= next {
		return journal.Record{}, journal.ErrNotFound
	}
	return c.config.Journal.At(ctx, stream, sequence)
}

// queue hands deliveries to their destinations, and gives up what there is no room
// for.
func (c *Courier) queue(ctx context.Context, deliveries, overflow []*delivery) {
	for _, d := range overflow {
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
		case call.ForRecipient:
			if d := c.callback(r, i, e); d != nil {
				all = append(all, d)
			}
		case call.ForSubscribers:
			all = append(all, c.eventGrid(r, i, e)...)
		}
	}
	return all
}

// callback puts an event in the form of its recipient's family; nil when nobody
// is to be told.
func (c *Courier) callback(r journal.Record, i int, e call.ForRecipient) *delivery {
	to := e.To()
	if to.CallbackURI == "" {
		return nil
	}
	d := c.newDelivery(r, i)
	d.destination = destinationOf(d.call.Key(), to)
	family, known := c.families[to.Version]
	if !known {
		c.unrendered(d, fmt.Errorf("no family of the API has version %q", to.Version))
		return nil
	}
	message, told, err := family.Render(r, i)
	if err != nil {
		c.unrendered(d, err)
		return nil
	}
	if !told {
		return nil // not for an application of this version
	}
	d.message, d.url = message, to.CallbackURI
	return d
}

// eventGrid puts an event in its published form, once for all subscriptions
// that want it.
func (c *Courier) eventGrid(r journal.Record, i int, e call.ForSubscribers) []*delivery {
	published := c.config.EventGrid.Type(e)
	var wanting []*subscription
	for _, s := range c.subscriptions {
		if s.wants(e, published) {
			wanting = append(wanting, s)
		}
	}
	if len(wanting) == 0 {
		c.unwanted(r, i, e)
		return nil
	}
	message, err := c.config.EventGrid.Render(r, i)
	if err != nil {
		c.unrendered(c.newDelivery(r, i), err)
		return nil
	}
	all := make([]*delivery, len(wanting))
	for n, s := range wanting {
		d := c.newDelivery(r, i)
		d.Subscription, d.subscription = s.name, s
		d.message, d.url = message, s.URL
		d.destination = destination{subscription: s.name, key: d.call.Key()}
		if in, ok := e.(call.IncomingCall); ok {
			d.destination.incoming = in.Incoming
		}
		d.limits = c.publishing(r, e)
		all[n] = d
	}
	return all
}

// unwanted: an incoming call that nobody is told of rings in vain.
func (c *Courier) unwanted(r journal.Record, i int, e call.ForSubscribers) {
	if _, rings := e.(call.IncomingCall); rings {
		c.logger(c.newDelivery(r, i)).Warn("no subscription is told of an incoming call: nobody can answer it",
			slog.String("advice", "add one to event_grid.subscriptions whose event_types, to and from let this call through"))
	}
}

func (c *Courier) unrendered(d *delivery, err error) {
	c.logger(d).Error("an event could not be put in its published form", slog.String("error", err.Error()))
}
