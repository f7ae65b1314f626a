package apitest

import (
	"context"
	"sync"
	"time"

	"strowger/internal/call"
)

// Calls obeys the real rules, in memory: no legs, no journal, no goroutines, no
// events. It counts what is held.
type Calls struct {
	// Instead, when set, is asked in place of the rules.
	Instead func(call.Command) (call.Answer, error)
	// Saw, when set, is told of each command as it arrives.
	Saw func(call.Command)
	// Noted, when set, is told "hold" and "release" as they happen.
	Noted func(what string, key call.Key)

	mu      sync.Mutex
	held    int
	calls   map[call.Key]*call.Call
	outputs []call.Output
}

// Do steps the rules.
func (c *Calls) Do(_ context.Context, key call.Key, cmd call.Command) (_ call.Answer, release func(), err error) {
	release = c.Hold(key)
	answer, err := c.step(key, cmd)
	return answer, release, err
}

// Hold implements api.Calls.
func (c *Calls) Hold(key call.Key) (release func()) {
	c.hold(key, "hold", 1)
	return func() { c.hold(key, "release", -1) }
}

func (c *Calls) step(key call.Key, cmd call.Command) (call.Answer, error) {
	if c.Saw != nil {
		c.Saw(cmd)
	}
	if c.Instead != nil {
		return c.Instead(cmd)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.calls[key]
	if opening, is := cmd.(call.Opening); is && opening.Opens() != "" && !ok {
		found, ok = c.open(opening.Opens()), true
	}
	if !ok {
		return call.Answer{}, call.NoCall()
	}
	out, err := found.Step(time.Now(), cmd)
	if err != nil {
		return call.Answer{}, err
	}
	c.outputs = append(c.outputs, out)
	return out.Answer, nil
}

// Look copies the state of a call that has not ended.
func (c *Calls) Look(ctx context.Context, key call.Key) (call.State, error) {
	if ctx.Err() != nil {
		return call.State{}, ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.calls[key]
	if !ok || found.Over() {
		return call.State{}, call.NoCall()
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

// Events are all events of all calls so far.
func (c *Calls) Events() []call.Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []call.Event
	for _, out := range c.outputs {
		all = append(all, out.Events...)
	}
	return all
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

// Steps is how many inputs have changed a call so far.
func (c *Calls) Steps() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, out := range c.outputs {
		if out.Changed {
			n++
		}
	}
	return n
}

// Restart does to every call what a new process does to those of the last.
func (c *Calls) Restart() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, found := range c.calls {
		c.calls[key] = call.Restore(found.State().Clone())
		out, err := c.calls[key].Step(time.Now(), call.NodeRestarted{})
		if err != nil {
			panic("apitest: a restart was refused: " + err.Error())
		}
		c.outputs = append(c.outputs, out)
	}
}

func (c *Calls) open(id call.ID) *call.Call {
	if c.calls == nil {
		c.calls = map[call.Key]*call.Call{}
	}
	c.calls[id.Key()] = call.New(id)
	return c.calls[id.Key()]
}

// Held is how many holds are not released.
func (c *Calls) Held() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

func (c *Calls) hold(key call.Key, what string, change int) {
	c.mu.Lock()
	c.held += change
	c.mu.Unlock()
	if c.Noted != nil {
		c.Noted(what, key)
	}
}
