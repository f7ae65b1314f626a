package ua

import (
	"context"
	"sync"
)

// census counts the sessions that still owe or are owed something.
type census struct {
	mu    sync.Mutex
	live  int
	quiet chan struct{} // closed when the last has gone; nil while nobody waits
}

func (c *census) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live += n
	if c.live == 0 && c.quiet != nil {
		close(c.quiet)
		c.quiet = nil
	}
}

func (c *census) wait(ctx context.Context) error {
	c.mu.Lock()
	if c.live == 0 {
		c.mu.Unlock()
		return nil
	}
	if c.quiet == nil {
		c.quiet = make(chan struct{})
	}
	quiet := c.quiet
	c.mu.Unlock()
	select {
	case <-quiet:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Quiet waits until no session is left for which the protocol still owes
// something: every BYE and CANCEL is answered or has timed out.
func (u *UA) Quiet(ctx context.Context) error { return u.census.wait(ctx) }
