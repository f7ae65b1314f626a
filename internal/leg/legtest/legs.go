package legtest

import (
	"context"
	"sync"

	"strowger/internal/call"
)

// Legs writes down the effects that it is asked for. The zero value is ready.
type Legs struct {
	mu    sync.Mutex
	all   []call.Effect
	taken int
	more  chan struct{} // closed when all grows; nil while nobody waits
}

// Perform takes an effect. It never blocks.
func (l *Legs) Perform(e call.Effect) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, e)
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
}

// Effects are all that were asked for so far.
func (l *Legs) Effects() []call.Effect {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]call.Effect(nil), l.all...)
}

// Next waits for the next effect that Next has not given yet. It is nil when
// ctx is done.
func (l *Legs) Next(ctx context.Context) call.Effect {
	for {
		e, more := l.next()
		if e != nil {
			return e
		}
		select {
		case <-ctx.Done():
			return nil
		case <-more:
		}
	}
}

func (l *Legs) next() (call.Effect, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken < len(l.all) {
		l.taken++
		return l.all[l.taken-1], nil
	}
	if l.more == nil {
		l.more = make(chan struct{})
	}
	return nil, l.more
}
