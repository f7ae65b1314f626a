package sip

import "sync/atomic"

// Stats counts what legs did since they were made.
type Stats struct {
	Legs     int    // now
	Arrived  uint64 // incoming calls taken
	Dialled  uint64 // INVITEs sent, one for each contact that is rung
	Answered uint64 // legs answered, either way
	Dropped  uint64 // keys, ringing and re-INVITEs dropped by a leg that was full
}

type counters struct{ arrived, dialled, answered, dropped atomic.Uint64 }

// Stats is a snapshot of the counters.
func (ls *Legs) Stats() Stats {
	ls.mu.Lock()
	legs := len(ls.legs)
	ls.mu.Unlock()
	c := &ls.counters
	return Stats{
		Legs: legs, Arrived: c.arrived.Load(), Dialled: c.dialled.Load(),
		Answered: c.answered.Load(), Dropped: c.dropped.Load(),
	}
}
