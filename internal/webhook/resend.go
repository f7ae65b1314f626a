package webhook

import (
	"context"
	"fmt"
	"time"
)

// Resent is what came of sending a dead letter again.
type Resent struct {
	Letter DeadLetter // as it is now, without its body
	Taken  bool       // it is not among the dead letters any more
	Final  bool       // not taken, and not for want of an endpoint that works
}

// Resend tries a dead letter once more, with the id that it has always had: a
// callback at its URL, an Event Grid event at its subscription, or at another when one
// is named. It does not wait for what is on its way to the same destination. A letter
// that is not taken stays, with what came of it. One that is being sent again already is
// refused with ErrBusyLetter.
func (c *Courier) Resend(ctx context.Context, id, subscription string) (Resent, error) {
	shelved, release, err := c.claim(ctx, id)
	if err != nil {
		return Resent{}, err
	}
	defer release()
	l, err := readLetter(shelved)
	if err != nil {
		return Resent{}, err
	}
	d, err := c.again(l, subscription)
	if err != nil {
		return Resent{}, err
	}
	r := result{why: "the subscription is not validated", began: time.Now()}
	if d.subscription == nil || closed(d.subscription.validated) {
		if r, err = c.once(ctx, d); err != nil {
			return Resent{}, err
		}
	}
	l.Tries++
	l.Status, l.Why = r.status, short(r.why)
	outcome := Failed
	if r.ok {
		outcome = Taken
		err = c.config.Journal.Unshelve(ctx, l.ID)
		c.letters.taken.Add(1)
		c.troubles.over(c.logger(d), d.url)
	} else {
		err = c.store(ctx, l)
	}
	c.note(d, l.Tries, outcome, r)
	l.Body, l.URL = nil, ""
	return Resent{Letter: l, Taken: r.ok, Final: r.final}, err
}

// again is a letter on its way once more.
func (c *Courier) again(l DeadLetter, subscription string) (*delivery, error) {
	d := &delivery{
		stream: l.Stream, call: l.Call, id: l.Event, url: l.URL, message: Message{Type: l.Type, Body: l.Body},
		destination: destination{connection: l.Connection}, happened: l.Happened,
		overflowed: make(chan struct{}), limits: limits{deadline: time.Now().Add(time.Hour)},
	}
	if l.Subscription == "" {
		if subscription != "" {
			return nil, fmt.Errorf("%w: a callback goes to its application only", ErrNoSubscription)
		}
		return d, nil
	}
	name := l.Subscription
	if subscription != "" {
		name = subscription
	}
	for _, s := range c.subscriptions {
		if s.name == name {
			d.position.Subscription, d.subscription, d.url = s.name, s, s.URL
			return d, nil
		}
	}
	return nil, fmt.Errorf("%w: %s; --to sends the event to another", ErrNoSubscription, name)
}

// once is one try in its lane.
func (c *Courier) once(ctx context.Context, d *delivery) (result, error) {
	r, tried := c.tryInLane(ctx, d)
	if !tried || ctx.Err() != nil {
		return r, fmt.Errorf("send event %s again: %w", d.id, context.Cause(ctx))
	}
	return r, nil
}
