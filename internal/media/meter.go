package media

import (
	"math"
	"sync/atomic"
	"time"
)

// LatenessBounds are the upper bounds of the lateness histogram's buckets; one
// more bucket counts everything above the last.
var LatenessBounds = [...]time.Duration{
	100 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 2 * time.Millisecond,
	5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 100 * time.Millisecond,
}

// LoopStats is how one loop of the clock is doing.
type LoopStats struct {
	Weight   int           // participants in its rooms
	Ticks    uint64        // ticks run
	Skipped  uint64        // ticks left out after a stall longer than the catch-up limit
	Busy     float64       // share of the last second spent in ticks; above 0.7 new legs should be refused
	Lateness time.Duration // sum over all ticks
	// Late counts ticks by lateness: bucket i holds those up to
	// LatenessBounds[i] and above the bound before it.
	Late [len(LatenessBounds) + 1]uint64
}

// Stats returns one entry for each loop.
func (c *Clock) Stats() []LoopStats {
	stats := make([]LoopStats, 0, len(c.loops))
	for _, l := range c.loops {
		s := l.meter.snapshot()
		s.Weight = int(l.weight.Load())
		stats = append(stats, s)
	}
	return stats
}

// Busy is the busy ratio of the least busy loop, the one that the next room
// may be given to; it is what admission asks.
func (c *Clock) Busy() float64 {
	least := math.Inf(1)
	for _, l := range c.loops {
		least = min(least, l.meter.busyRatio())
	}
	return least
}

// meter is written by its loop and read by anyone.
type meter struct {
	ticks    atomic.Uint64
	skipped  atomic.Uint64
	lateness atomic.Int64
	late     [len(LatenessBounds) + 1]atomic.Uint64
	busy     atomic.Uint64 // math.Float64bits of the smoothed ratio
}

func (m *meter) record(late, busy time.Duration) {
	m.ticks.Add(1)
	m.lateness.Add(int64(late))
	bucket := 0
	for bucket < len(LatenessBounds) && late > LatenessBounds[bucket] {
		bucket++
	}
	m.late[bucket].Add(1)

	// A smoothing over 50 ticks, so about the last second.
	ratio := m.busyRatio()
	ratio += (float64(busy)/float64(FrameDuration) - ratio) / 50
	m.busy.Store(math.Float64bits(ratio))
}

func (m *meter) busyRatio() float64 { return math.Float64frombits(m.busy.Load()) }

func (m *meter) snapshot() LoopStats {
	s := LoopStats{
		Ticks:    m.ticks.Load(),
		Skipped:  m.skipped.Load(),
		Busy:     m.busyRatio(),
		Lateness: time.Duration(m.lateness.Load()),
	}
	for i := range m.late {
		s.Late[i] = m.late[i].Load()
	}
	return s
}
