package webhook

import (
	"context"
	"sync"

	"strowger/internal/call"
)

// Gate holds back the events of a call while the answer to one of its commands
// is being written, so that no application hears of an effect before it knows
// that its command was accepted.
type Gate struct {
	mu    sync.Mutex
	holds map[call.Key]map[chan struct{}]bool
}

func newGate() *Gate { return &Gate{holds: map[call.Key]map[chan struct{}]bool{}} }

// Hold holds back the events of a call that are not being sent yet. It is to be
// taken before the command is given and released, once or more often, when the
// answer has been written.
func (g *Gate) Hold(key call.Key) (release func()) {
	released := make(chan struct{})
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.holds[key] == nil {
		g.holds[key] = map[chan struct{}]bool{}
	}
	g.holds[key][released] = true
	return sync.OnceFunc(func() { g.release(key, released) })
}

func (g *Gate) release(key call.Key, released chan struct{}) {
	close(released)
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.holds[key], released)
	if len(g.holds[key]) == 0 {
		delete(g.holds, key)
	}
}

// wait returns when all holds of the call that are open now are released.
// Later ones do not count: their commands cannot have caused an event that is
// here already, and a stream of commands must not hold events back for ever.
func (g *Gate) wait(ctx context.Context, key call.Key) {
	for _, released := range g.open(key) {
		select {
		case <-released:
		case <-ctx.Done():
			return
		}
	}
}

func (g *Gate) open(key call.Key) []chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	var open []chan struct{}
	for released := range g.holds[key] {
		open = append(open, released)
	}
	return open
}
