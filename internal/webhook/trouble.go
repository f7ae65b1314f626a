package webhook

import (
	"log/slog"
	"sync"
	"time"
)

const (
	// tellEvery is how often the log says that an endpoint still fails.
	tellEvery = time.Minute
	// troublesMost bounds the endpoints that are known to fail. Beyond it the one
	// that has been quiet for longest is forgotten.
	troublesMost = 1024
)

// troubles are the endpoints that do not take events. Each has one line in the
// log when that begins, one a minute as long as it lasts, and one when it is
// over; what came in between is counted.
type troubles struct {
	mu  sync.Mutex
	all map[string]*trouble // by application: see lanes
}

// trouble is one endpoint's.
type trouble struct {
	since         time.Time
	last          time.Time
	retries, lost complaints
}

// complaints are of one kind.
type complaints struct {
	total  int
	untold int // since the last line
	told   time.Time
}

func newTroubles() *troubles { return &troubles{all: map[string]*trouble{}} }

// retried counts a try that failed and will be followed by another.
func (t *troubles) retried(log *slog.Logger, url string, why ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	in := t.of(url)
	if untold, tell := in.retries.add(in.last); tell {
		log.Warn("an endpoint does not take an event; it will be sent again", append(why, slog.Int("tries_failed", untold))...)
	}
}

// givenUp counts an event that was given up.
func (t *troubles) givenUp(log *slog.Logger, url string, why ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	in := t.of(url)
	if untold, tell := in.lost.add(in.last); tell {
		log.Warn("an event was given up", append(why, slog.Int("events_given_up", untold))...)
	}
}

// over: the endpoint has taken an event.
func (t *troubles) over(log *slog.Logger, url string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	name := application(url)
	if in := t.all[name]; in != nil {
		delete(t.all, name)
		log.Info("the endpoint takes events again", slog.Int("tries_failed", in.retries.total),
			slog.Int("events_given_up", in.lost.total), slog.Duration("after", time.Since(in.since)))
	}
}

func (t *troubles) of(url string) *trouble {
	name, now := application(url), time.Now()
	in := t.all[name]
	if in == nil {
		t.makeRoom()
		in = &trouble{since: now}
		t.all[name] = in
	}
	in.last = now
	return in
}

func (t *troubles) makeRoom() {
	if len(t.all) < troublesMost {
		return
	}
	oldest := ""
	for name, in := range t.all {
		if oldest == "" || in.last.Before(t.all[oldest].last) {
			oldest = name
		}
	}
	delete(t.all, oldest)
}

// add counts one more. It reports whether a line is due, and how many that has
// to tell of.
func (c *complaints) add(now time.Time) (untold int, tell bool) {
	c.total++
	c.untold++
	if c.total > 1 && now.Sub(c.told) < tellEvery {
		return 0, false
	}
	untold, c.untold, c.told = c.untold, 0, now
	return untold, true
}

// application is what tells one endpoint from another: no query.
func application(url string) string {
	prefixes := prefixesOf(url)
	return prefixes[len(prefixes)-1]
}
