package media

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type counter struct {
	ticks  atomic.Int64
	skips  atomic.Int64
	weight int
	onTick func()
}

func (c *counter) Tick() {
	c.ticks.Add(1)
	if c.onTick != nil {
		c.onTick()
	}
}

func (c *counter) Skip(ticks int) { c.skips.Add(int64(ticks)) }

func (c *counter) Weight() int { return c.weight }

// runClock runs a clock in a bubble of synctest, where time only passes when
// everyone waits.
func runClock(t *testing.T, loops int, test func(c *Clock)) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(loops)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		test(c)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
}

// pass lets time go by.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestTickersAreCalledFiftyTimesASecond(t *testing.T) {
	runClock(t, 2, func(c *Clock) {
		a, b := &counter{}, &counter{}
		c.Attach(a)
		c.Attach(b)
		pass(10 * time.Second)
		for _, each := range []*counter{a, b} {
			if n := each.ticks.Load(); n < 500 || n > 501 {
				t.Errorf("%d ticks in ten seconds", n)
			}
		}
	})
}

func TestATickerIsNotCalledOnceDetachReturned(t *testing.T) {
	runClock(t, 1, func(c *Clock) {
		a := &counter{}
		c.Attach(a)
		pass(time.Second)
		c.Detach(a)
		before := a.ticks.Load()
		pass(time.Second)
		if after := a.ticks.Load(); after != before || before == 0 {
			t.Errorf("%d ticks before Detach returned and %d after", before, after)
		}
		c.Detach(a) // again, for nothing
	})
}

func TestDetachReturnsAtOnceWhenTheClockDoesNotRun(t *testing.T) {
	c, a := NewClock(1), &counter{}
	c.Attach(a)
	c.Detach(a)
}

func TestAShortStallIsMadeUpAndALongOneSkipped(t *testing.T) {
	for stall, want := range map[time.Duration]struct{ ticks, skipped int64 }{
		90 * time.Millisecond:  {50, 0},
		500 * time.Millisecond: {25, 25},
	} {
		runClock(t, 1, func(c *Clock) {
			a := &counter{}
			a.onTick = func() {
				if a.ticks.Load() == 10 {
					<-time.After(stall)
				}
			}
			c.Attach(a)
			pass(time.Second - time.Millisecond)
			s := c.Stats()[0]
			if got := a.ticks.Load(); got < want.ticks-1 || got > want.ticks+1 {
				t.Errorf("after a stall of %v there were %d ticks, want about %d", stall, got, want.ticks)
			}
			if got := int64(s.Skipped); got < want.skipped-1 || got > want.skipped+1 {
				t.Errorf("after a stall of %v %d ticks were skipped, want about %d", stall, got, want.skipped)
			}
			if got := a.skips.Load(); got != int64(s.Skipped) {
				t.Errorf("after a stall of %v a ticker was told of %d skipped ticks, not of %d", stall, got, s.Skipped)
			}
		})
	}
}

func TestNewTickersGoToTheLeastLoadedLoop(t *testing.T) {
	c := NewClock(3)
	for _, weight := range []int{100, 2, 2, 2, 2, 2} {
		c.Attach(&counter{weight: weight})
	}
	for i, s := range c.Stats() {
		if want := []int{100, 6, 4}[i]; s.Weight != want {
			t.Errorf("loop %d weighs %d, want %d", i, s.Weight, want)
		}
	}
}

func TestBusyIsTheShareOfTimeSpentInTicks(t *testing.T) {
	runClock(t, 1, func(c *Clock) {
		c.Attach(&counter{onTick: func() { <-time.After(15 * time.Millisecond) }})
		pass(20 * time.Second)
		if busy := c.Busy(); busy < 0.74 || busy > 0.76 {
			t.Errorf("busy %.2f, want 0.75", busy)
		}
		if s := c.Stats()[0]; s.Ticks < 990 || s.Late[0] < 990 {
			t.Errorf("%+v", s)
		}
	})
}
