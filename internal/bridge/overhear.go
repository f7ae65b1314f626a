package bridge

import (
	"context"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// overheardTicks is how much of a leg who listens to it may be behind: two seconds.
// What it is behind by is silence to it, and counts as time.
const overheardTicks = 100

// overheard is what one leg says, beside the conversation.
type overheard struct {
	member *mixer.Member
	tap    *mixer.Tap
}

// overhear listens to a leg from the next tick on, woken once in so many ticks. A leg
// that is over already, !ok, has said so.
func (c *conversation) overhear(leg call.LegID, every int) (o overheard, ok bool) {
	v, ok := c.voices[leg]
	if !ok {
		return overheard{}, false
	}
	return overheard{v.member, c.room.Tap(mixer.TapConfig{Ticks: overheardTicks, Every: every, Voices: true})}, true
}

// each gives f the leg tick by tick, nil where it says nothing, until f reports false,
// or the tap or ctx is done. What it gives is the tap's.
func (o overheard) each(ctx context.Context, f func(said *mixer.Said, rateHz int) bool) {
	defer o.tap.Close()
	tick := o.tap.First()
	for {
		heard, err := o.tap.Read(ctx)
		if err != nil {
			return
		}
		for ; tick < heard.Tick; tick++ { // dropped
			if !f(nil, heard.RateHz) {
				return
			}
		}
		tick++
		if !f(o.said(heard), heard.RateHz) {
			return
		}
	}
}

func (o overheard) said(h *mixer.Heard) *mixer.Said {
	for i := range h.Said {
		if h.Said[i].Member == o.member {
			return &h.Said[i]
		}
	}
	return nil
}
