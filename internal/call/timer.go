package call

import (
	"slices"
	"time"
)

// Timer is a time that the call waits for. Whoever owns the call gives it
// TimerFired when the time is due, also when the call was restored meanwhile.
type Timer struct {
	ID      TimerID
	Due     time.Time // in UTC
	Purpose TimerPurpose

	// Whose it is: the one that Purpose names.
	Leg       LegID
	Incoming  IncomingID
	Operation OperationID
}

// TimerPurpose says what happens when a timer fires, and whose it is.
type TimerPurpose string

const (
	RingTimer     TimerPurpose = "ring"     // Leg is rung, or awaited from another call, no longer
	IncomingTimer TimerPurpose = "incoming" // no application may take Incoming any more
	MediaTimer    TimerPurpose = "media"    // what Operation waits for has not come
	ReferTimer    TimerPurpose = "refer"    // the far end of Leg has not said how its referral ended
	ReferrerTimer TimerPurpose = "referrer" // the far end of Leg has not left though somebody has its place
	MachineTimer  TimerPurpose = "machine"  // who has answered on Leg, or the end of its greeting, was not heard
)

// timerFired: a timer that is not there was stopped while it fired.
func (c *Call) timerFired(in TimerFired) {
	i := slices.IndexFunc(c.state.Timers, func(t Timer) bool { return t.ID == in.Timer })
	if i < 0 {
		return
	}
	t := c.state.Timers[i]
	c.change()
	c.state.Timers = slices.Concat(c.state.Timers[:i], c.state.Timers[i+1:])
	switch t.Purpose {
	case RingTimer:
		c.ringingTimedOut(t.Leg)
	case IncomingTimer:
		c.incomingExpired(t.Incoming)
	case MediaTimer:
		c.mediaTimedOut(t.Operation)
	case ReferTimer:
		c.legReferralEnded(LegReferralEnded{Leg: t.Leg, Cause: Cause{Reason: NoAnswer}})
	case ReferrerTimer:
		c.referrerStayed(t.Leg)
	case MachineTimer:
		c.machineTimedOut(t.Leg)
	}
}

// startTimer completes t, which says whose it is.
func (c *Call) startTimer(t Timer, after time.Duration) {
	c.state.LastTimer++
	t.ID, t.Due = c.state.LastTimer, c.now.Add(after)
	c.state.Timers = append(slices.Clip(c.state.Timers), t)
	c.change()
}

// stopTimers stops the timers of one owner: those that match.
func (c *Call) stopTimers(match func(Timer) bool) {
	var kept []Timer
	for _, t := range c.state.Timers {
		if match(t) {
			c.change()
			continue
		}
		kept = append(kept, t)
	}
	c.state.Timers = kept
}

func (c *Call) stopRinging(leg LegID) {
	c.stopTimers(func(t Timer) bool { return t.Purpose == RingTimer && t.Leg == leg })
}

// stopTimersOf stops whatever runs for a leg that goes.
func (c *Call) stopTimersOf(leg LegID) {
	c.stopTimers(func(t Timer) bool { return t.Leg == leg })
}

func (c *Call) stopWaiting(id IncomingID) {
	c.stopTimers(func(t Timer) bool { return t.Purpose == IncomingTimer && t.Incoming == id })
}

func (c *Call) stopMediaTimer(id OperationID) {
	c.stopTimers(func(t Timer) bool { return t.Purpose == MediaTimer && t.Operation == id })
}
