package reception

import "sync/atomic"

// Stats counts what came to the reception since it was made.
type Stats struct {
	Registered    int    // users who can be reached now
	Refused       uint64 // calls refused after their source was known
	Challenged    uint64 // requests asked for credentials
	WrongPassword uint64 // credentials that did not hold
}

type counters struct{ refused, challenged, wrongPassword atomic.Uint64 }

// Stats is a snapshot of the counters.
func (r *Reception) Stats() Stats {
	c := &r.counters
	return Stats{
		Registered: r.cfg.Directory.Registered(),
		Refused:    c.refused.Load(), Challenged: c.challenged.Load(), WrongPassword: c.wrongPassword.Load(),
	}
}
