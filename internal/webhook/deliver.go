package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"
)

const (
	// An IncomingCall is of use while the call rings. The published advice is
	// two tries and a minute; we ring for 30 s.
	incomingTries = 2
	incomingLife  = 30 * time.Second
	// An application that was just restarting should be back at the second try.
	incomingPause = 5 * time.Second

	// absentTime is how long an endpoint that says that it is not there (404, 410)
	// is tried: its application may be on its way, as in a deployment.
	absentTime = time.Minute

	firstPause = 250 * time.Millisecond
	mostPause  = 30 * time.Second
)

// gridPauses are those of Event Grid after each try that failed, as published; the
// last one is repeated.
var gridPauses = []time.Duration{
	10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// deliver tries until the application has the event, it is given up, or ctx
// ends.
func (c *Courier) deliver(ctx context.Context, d *delivery) {
	c.holds.wait(ctx, d.call.Key())
	if !c.admitted(ctx, d) {
		return
	}
	for try := 1; ctx.Err() == nil; try++ {
		r, tried := c.tryInLane(ctx, d)
		switch {
		case !tried, ctx.Err() != nil:
			return
		case r.ok:
			c.note(d, try, Taken, r)
			c.delivered(d)
			return
		}
		c.note(d, try, Failed, r)
		if r.final {
			c.giveUp(d, r)
			return
		}
		if !c.waitForNextTry(ctx, d, try, r) {
			return
		}
	}
}

// tryInLane tries once, when there is room for a try at this application. It
// reports whether it did: by then the delivery may be over.
func (c *Courier) tryInLane(ctx context.Context, d *delivery) (_ result, tried bool) {
	leave := c.lanes.enter(ctx, d.url, d.overflowed)
	if leave == nil {
		return result{}, false
	}
	defer leave()
	if c.late(d) {
		return result{}, false
	}
	began := time.Now()
	d.tries.Add(1)
	r := c.try(ctx, d)
	r.began, r.took = began, time.Since(began)
	return r, true
}

// late gives up an IncomingCall whose call has stopped ringing.
func (c *Courier) late(d *delivery) bool {
	if d.limits.tries == 0 || time.Now().Before(d.limits.deadline) {
		return false
	}
	c.giveUp(d, result{why: "its time was over before it could be sent", advice: "nothing: the call has stopped ringing"})
	return true
}

// admitted waits until the event may be sent at all: a subscription has to be
// validated. An IncomingCall that was in the journal for too long is over.
func (c *Courier) admitted(ctx context.Context, d *delivery) bool {
	if c.late(d) {
		return false
	}
	if d.subscription == nil {
		return !closed(d.overflowed)
	}
	select {
	case <-d.subscription.validated:
		return !closed(d.overflowed)
	case <-time.After(time.Until(d.limits.deadline)):
		c.giveUp(d, result{why: "the subscription is not validated", advice: validationAdvice})
	case <-d.overflowed:
	case <-ctx.Done():
	}
	return false
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// waitForNextTry reports whether there will be one. A pause that would outlast
// the delivery's time, however long the application asks for, ends with that
// time and one more try.
func (c *Courier) waitForNextTry(ctx context.Context, d *delivery, try int, r result) bool {
	left := time.Until(d.limits.lastTry(r))
	spent := d.limits.tries > 0 && try >= d.limits.tries
	if spent || left <= 0 {
		c.giveUp(d, r)
		return false
	}
	pause := min(left, max(d.limits.backoff(try), d.limits.pause, r.retryAfter))
	c.tallyOf(d).retried.Add(1)
	c.troubles.retried(c.logger(d), d.url, slog.String("why", r.why), slog.String("advice", r.advice), slog.Duration("in", pause))
	select {
	case <-time.After(pause):
		return true
	case <-d.overflowed:
	case <-ctx.Done():
	}
	return false
}

// backoff is the pause after a number of tries: doubling, and scattered so
// that the events of many calls do not come back together.
func backoff(tries int) time.Duration {
	pause := mostPause
	if tries < 8 {
		pause = min(mostPause, firstPause<<(tries-1))
	}
	return pause/2 + rand.N(pause/2)
}

// gridBackoff is the pause after a number of tries to publish, scattered a little.
func gridBackoff(tries int) time.Duration {
	pause := gridPauses[min(tries, len(gridPauses))-1]
	return pause + rand.N(pause/10)
}

// String names a delivery in tests and panics.
func (d *delivery) String() string {
	return fmt.Sprintf("%s %s to %s", d.message.Type, d.id, d.url)
}
