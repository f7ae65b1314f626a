package sip

import "sync/atomic"

// Stats counts what the exchange did since it was made.
type Stats struct {
	Legs          int    // now
	Registered    int    // users who can be reached now
	Offered       uint64 // incoming calls admitted
	Dialled       uint64 // INVITEs sent, one for each place that is rung
	Answered      uint64 // legs answered, either way
	Refused       uint64 // incoming calls refused after their source was known
	Challenged    uint64 // requests asked for credentials
	WrongPassword uint64 // credentials that did not hold
	Dropped       uint64 // keys, ringing and re-INVITEs dropped by a leg that was full
	Unheard       uint64 // packets of sources that are not listened to
	Malformed     uint64 // messages that could not be read
	Busy          uint64 // messages dropped because too many were waiting
}

type counters struct {
	offered, dialled, answered, refused, challenged, wrongPassword, dropped atomic.Uint64
}

// Stats is a snapshot of the counters.
func (x *Exchange) Stats() Stats {
	x.mu.Lock()
	legs := len(x.legs)
	x.mu.Unlock()
	c, u := &x.counters, x.ua.Counters()
	return Stats{
		Legs: legs, Registered: x.cfg.Directory.Registered(),
		Offered: c.offered.Load(), Dialled: c.dialled.Load(), Answered: c.answered.Load(),
		Refused: c.refused.Load(), Challenged: c.challenged.Load(), WrongPassword: c.wrongPassword.Load(),
		Dropped: c.dropped.Load(),
		Unheard: u.Refused, Malformed: u.Malformed, Busy: u.Busy,
	}
}
