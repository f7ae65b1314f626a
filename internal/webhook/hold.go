package webhook

import (
	"context"
	"sync"

	"strowger/internal/call"
)

// holds hold back the events of calls while the answers to their commands are
// being written, so that no application hears of an effect before it knows that
// its command was accepted.
type holds struct {
	mu   sync.Mutex
	open map[call.Key]map[chan struct{}]bool
}

func newHolds() *holds { return &holds{open: map[call.Key]map[chan struct{}]bool{}} }

// Hold holds back the events of a call that are not being sent yet. It is to be
// taken before the command is given and released, once or more often, when the
// answer has been written.
func (c *Courier) Hold(key call.Key) (release func()) { return c.holds.hold(key) }

func (h *holds) hold(key call.Key) (release func()) {
	released := make(chan struct{})
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open[key] == nil {
		h.open[key] = map[chan struct{}]bool{}
	}
	h.open[key][released] = true
	return sync.OnceFunc(func() { h.release(key, released) })
}

func (h *holds) release(key call.Key, released chan struct{}) {
	close(released)
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open[key], released)
	if len(h.open[key]) == 0 {
		delete(h.open, key)
	}
}

// wait returns when all holds of the call that are open now are released.
// Later ones do not count: their commands cannot have caused an event that is
// here already, and a stream of commands must not hold events back for ever.
func (h *holds) wait(ctx context.Context, key call.Key) {
	for _, released := range h.of(key) {
		select {
		case <-released:
		case <-ctx.Done():
			return
		}
	}
}

func (h *holds) of(key call.Key) []chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	var open []chan struct{}
	for released := range h.open[key] {
		open = append(open, released)
	}
	return open
}
