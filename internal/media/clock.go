package media

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// maxCatchUp is how late a loop may be and still run every tick that it owes.
// Beyond it (a suspended machine, a stopped container) the missed ticks are
// skipped: nobody wants to hear half a second of old audio in one burst.
const maxCatchUp = 5 * FrameDuration

// A Ticker is called once per frame by the loop that owns it.
type Ticker interface {
	Tick()
}

// A Weigher is a Ticker that knows how much work one tick is, in participants.
// Tickers that do not say weigh one.
type Weigher interface {
	Weight() int
}

// A Skipper is a Ticker that keeps count of the time: it is told how many ticks it
// did not get after a stall, before the one that comes.
type Skipper interface {
	Skip(ticks int)
}

// Clock calls Tickers every 20 ms from a fixed number of loops, each on its
// own operating system thread.
//
// Deadlines are absolute (next += 20 ms), so lateness never accumulates. A
// loop that is late by up to 100 ms runs the owed ticks back to back, which
// keeps timestamps sent to the far end on real time; one that is later skips
// to the present, counts what it skipped and tells the Skippers.
type Clock struct {
	loops []*loop
}

// NewClock makes a clock of as many loops as asked, or GOMAXPROCS when loops
// is not positive. It starts nothing.
func NewClock(loops int) *Clock {
	if loops <= 0 {
		loops = runtime.GOMAXPROCS(0)
	}
	c := &Clock{}
	for i := range loops {
		// Spreading the loops over the frame keeps them from all asking the
		// kernel for the network in the same instant.
		phase := FrameDuration * time.Duration(i) / time.Duration(loops)
		c.loops = append(c.loops, &loop{phase: phase})
	}
	return c
}

// Run drives all loops until ctx is done, and returns when they are quiet.
// It may be called once.
func (c *Clock) Run(ctx context.Context) error {
	start := time.Now()
	var wg sync.WaitGroup
	for _, l := range c.loops {
		wg.Go(func() { l.run(ctx, start) })
	}
	wg.Wait()
	return ctx.Err()
}

// Attach gives t to the least loaded loop, which ticks it from its next tick
// on. A Ticker is attached once.
func (c *Clock) Attach(t Ticker) {
	least := c.loops[0]
	for _, l := range c.loops[1:] {
		if l.weight.Load() < least.weight.Load() {
			least = l
		}
	}
	least.attach(t)
}

// Detach takes t from its loop and returns once t will not be called any more:
// at the latest after one frame, at once when the clock does not run. It does
// nothing for a Ticker that is not attached. A Ticker must not detach from
// within its own Tick.
func (c *Clock) Detach(t Ticker) {
	for _, l := range c.loops {
		if done, found := l.detach(t); found {
			<-done
			return
		}
	}
}

// loop owns a set of tickers and the goroutine that calls them.
type loop struct {
	phase  time.Duration
	weight atomic.Int64 // of the tickers as of the last tick, plus those attached since
	meter  meter

	mu      sync.Mutex
	running bool
	joining []Ticker
	leaving []departure
	members map[Ticker]struct{}

	// tickers is touched by the loop's goroutine only, or under mu while it
	// does not run.
	tickers []Ticker
}

type departure struct {
	ticker Ticker
	done   chan struct{}
}

func (l *loop) attach(t Ticker) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.members == nil {
		l.members = make(map[Ticker]struct{})
	}
	l.members[t] = struct{}{}
	l.weight.Add(weigh(t))
	l.joining = append(l.joining, t)
}

func (l *loop) detach(t Ticker) (<-chan struct{}, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.members[t]; !ok {
		return nil, false
	}
	delete(l.members, t)
	d := departure{ticker: t, done: make(chan struct{})}
	l.leaving = append(l.leaving, d)
	if !l.running {
		l.settle()
	}
	return d.done, true
}

// settle applies what was attached and detached since the last tick.
func (l *loop) settle() {
	l.tickers = append(l.tickers, l.joining...)
	clear(l.joining)
	l.joining = l.joining[:0]
	for i, d := range l.leaving {
		l.drop(d.ticker)
		close(d.done)
		l.leaving[i] = departure{}
	}
	l.leaving = l.leaving[:0]
}

func (l *loop) drop(t Ticker) {
	for i, other := range l.tickers {
		if other == t {
			last := len(l.tickers) - 1
			l.tickers[i] = l.tickers[last]
			l.tickers[last] = nil
			l.tickers = l.tickers[:last]
			return
		}
	}
}

func (l *loop) run(ctx context.Context, start time.Time) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	l.setRunning(true)
	defer l.setRunning(false)

	next := start.Add(l.phase)
	timer := time.NewTimer(time.Until(next))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		next = l.catchUp(ctx, next)
		timer.Reset(time.Until(next))
	}
}

// catchUp runs every tick that is due and returns the next deadline.
func (l *loop) catchUp(ctx context.Context, next time.Time) time.Time {
	for ctx.Err() == nil {
		began := time.Now()
		late := began.Sub(next)
		if late < 0 {
			return next
		}
		if late > maxCatchUp {
			skipped := late / FrameDuration
			next = next.Add(skipped * FrameDuration)
			l.skip(int(skipped))
		}
		l.tick()
		l.meter.record(late, time.Since(began))
		next = next.Add(FrameDuration)
	}
	return next
}

// skip leaves ticks out. What is attached since the last tick has missed none.
func (l *loop) skip(ticks int) {
	l.meter.skipped.Add(uint64(ticks))
	for _, t := range l.tickers {
		if s, ok := t.(Skipper); ok {
			s.Skip(ticks)
		}
	}
}

func (l *loop) tick() {
	l.mu.Lock()
	l.settle()
	l.mu.Unlock()

	var weight int64
	for _, t := range l.tickers {
		t.Tick()
		weight += weigh(t)
	}
	l.weight.Store(weight)
}

func (l *loop) setRunning(running bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = running
	l.settle()
}

func weigh(t Ticker) int64 {
	if w, ok := t.(Weigher); ok {
		return int64(max(w.Weight(), 1))
	}
	return 1
}
