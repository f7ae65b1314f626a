package webhook

import (
	"log/slog"
	"time"
)

// Events that were given up are in the log, among the tries that are kept, and in
// the journal for as long as it keeps them; sending them again belongs here.

// giveUp settles what is not worth trying any more.
func (c *Courier) giveUp(d *delivery, tries int, why, advice string) {
	if !c.progress[d.stream].settle(d.position, &c.tallyOf(d).givenUp) {
		return
	}
	c.note(d, tries, GivenUp, result{why: why, began: time.Now()})
	c.troubles.givenUp(c.logger(d), d.url, slog.String("why", why), slog.Int("tries", tries), slog.String("advice", advice))
}

// overflow settles what there is no room for.
func (c *Courier) overflow(d *delivery, why string) {
	if !c.progress[d.stream].settle(d.position, &c.tallyOf(d).overflowed) {
		return
	}
	close(d.overflowed)
	c.note(d, 0, GivenUp, result{why: why, began: time.Now()})
	c.troubles.givenUp(c.logger(d), d.url, slog.String("why", why),
		slog.String("advice", "the application takes events more slowly than they come; see why its endpoint is slow or away"))
}
