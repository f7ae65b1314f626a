package server

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// life runs parts, each started after those it needs, and stops them in
// reverse order.
type life struct {
	parts  []*part
	failed chan error // the first part that stopped by itself
}

type part struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
}

func newLife() *life { return &life{failed: make(chan error, 1)} }

// start runs a part until stop, or until it fails. ctx carries values only:
// parts end in order and not all at once.
func (l *life) start(ctx context.Context, name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p := &part{cancel: cancel}
	l.parts = append(l.parts, p)
	p.running.Go(func() {
		err := run(ctx)
		if ctx.Err() != nil {
			return
		}
		select {
		case l.failed <- fmt.Errorf("%s stopped: %w", name, orUnexpected(err)):
		default:
		}
	})
}

func orUnexpected(err error) error {
	if err == nil {
		return fmt.Errorf("it ended by itself")
	}
	return err
}

// stop ends every part, the last one first, and waits for each.
func (l *life) stop() {
	for _, p := range slices.Backward(l.parts) {
		p.cancel()
		p.running.Wait()
	}
}

// together waits for several things that are to happen side by side.
func together(fs ...func()) {
	var all sync.WaitGroup
	for _, f := range fs {
		all.Go(f)
	}
	all.Wait()
}
