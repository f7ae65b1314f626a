package apitest

import (
	"context"
	"sync"
	"time"

	"strowger/internal/call"
)

// Calls obeys the real rules, in memory: no legs, no journal, no goroutines.
type Calls struct {
	// Fail, when set, is asked before the rules; its error is the answer.
	Fail func(call.Command) error
	// Saw, when set, is told of each command as it arrives.
	Saw func(call.Command)

	mu      sync.Mutex
	calls   map[call.Key]*call.Call
	outputs []call.Output
}

// Command steps the rules.
func (c *Calls) Command(_ context.Context, key call.Key, cmd call.Command) (call.Answer, error) {
	if c.Saw != nil {
		c.Saw(cmd)
	}
	if c.Fail != nil {
		if err := c.Fail(cmd); err != nil {
			return call.Answer{}, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.calls[key]
	if create, opens := cmd.(call.CreateCall); opens && !ok {
		found, ok = c.open(create.Call), true
	}
	if !ok {
		return call.Answer{}, notFound()
	}
	out, err := found.Step(time.Now(), cmd)
	if err != nil {
		return call.Answer{}, err
	}
	c.outputs = append(c.outputs, out)
	return out.Answer, nil
}

// Look copies the state of a call that has not ended.
func (c *Calls) Look(_ context.Context, key call.Key) (call.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.calls[key]
	if !ok || found.Over() {
		return call.State{}, notFound()
	}
	return found.State().Clone(), nil
}

// Signal lets something happen to a call; LegArrived makes one.
func (c *Calls) Signal(id call.ID, sig call.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.calls[id.Key()]
	if !ok {
		found = c.open(id)
	}
	out, err := found.Step(time.Now(), sig)
	if err != nil {
		panic("apitest: a signal was refused: " + err.Error())
	}
	c.outputs = append(c.outputs, out)
}

// Effects are all effects of all calls so far.
func (c *Calls) Effects() []call.Effect {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []call.Effect
	for _, out := range c.outputs {
		all = append(all, out.Effects...)
	}
	return all
}

func (c *Calls) open(id call.ID) *call.Call {
	if c.calls == nil {
		c.calls = map[call.Key]*call.Call{}
	}
	c.calls[id.Key()] = call.New(id)
	return c.calls[id.Key()]
}

func notFound() error { return &call.Error{Kind: call.NotFound, Reason: "Call not found."} }

// Gate counts who holds it.
type Gate struct {
	// Noted, when set, is told "hold" and "release" as they happen.
	Noted func(what string, key call.Key)

	mu   sync.Mutex
	held int
}

// Hold implements api.Gate.
func (g *Gate) Hold(key call.Key) (release func()) {
	g.note("hold", key, 1)
	return func() { g.note("release", key, -1) }
}

// Held is how many holds are not released.
func (g *Gate) Held() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held
}

func (g *Gate) note(what string, key call.Key, change int) {
	g.mu.Lock()
	g.held += change
	g.mu.Unlock()
	if g.Noted != nil {
		g.Noted(what, key)
	}
}
