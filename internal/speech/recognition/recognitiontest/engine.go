// Package recognitiontest has an engine and a voice for tests.
package recognitiontest

import (
	"context"
	"math"
	"sync"

	"strowger/internal/media"
	"strowger/internal/speech/recognition"
)

// Engine is a recognition.Engine that understands what it is told to. The zero Engine
// knows all languages and understands nothing.
type Engine struct {
	// Languages are those that it knows; empty: all.
	Languages []string
	// Held, when it is not nil, is waited for by each End.
	Held chan struct{}

	mu     sync.Mutex
	script []answer
	tasks  []recognition.Task
	heard  []int // samples of each utterance that has ended
	open   int
}

type answer struct {
	partials []string
	heard    recognition.Heard
	refusal  error // of Begin
	err      error // of End
}

// Says has the next utterance that nothing is said of be understood like this, word by
// word if it is asked for.
func (e *Engine) Says(heard recognition.Heard, partials ...string) {
	e.add(answer{heard: heard, partials: partials})
}

// Fails has it fail at its end.
func (e *Engine) Fails(err error) { e.add(answer{err: err}) }

// Refuses has it not begin.
func (e *Engine) Refuses(err error) { e.add(answer{refusal: err}) }

func (e *Engine) add(a answer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.script = append(e.script, a)
}

// Tasks are those of all utterances until now.
func (e *Engine) Tasks() []recognition.Task {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]recognition.Task(nil), e.tasks...)
}

// Heard is how many samples each utterance had that has ended.
func (e *Engine) Heard() []int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]int(nil), e.heard...)
}

// Open is how many utterances were begun and not closed.
func (e *Engine) Open() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.open
}

// Name implements recognition.Engine.
func (e *Engine) Name() string { return "fake" }

// Hears implements recognition.Engine.
func (e *Engine) Hears(language string) bool {
	for _, l := range e.Languages {
		if l == language {
			return true
		}
	}
	return len(e.Languages) == 0
}

// Begin implements recognition.Engine.
func (e *Engine) Begin(ctx context.Context, t recognition.Task) (recognition.Utterance, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var a answer
	if len(e.script) > 0 {
		a, e.script = e.script[0], e.script[1:]
	}
	e.tasks = append(e.tasks, t)
	if a.refusal != nil {
		return nil, a.refusal
	}
	e.open++
	return &utterance{engine: e, ctx: ctx, task: t, answer: a}, nil
}

type utterance struct {
	engine  *Engine
	ctx     context.Context
	task    recognition.Task
	answer  answer
	samples int
	closed  bool
}

func (u *utterance) Write(samples []int16) error {
	u.samples += len(samples)
	if u.task.Partial != nil && len(u.answer.partials) > 0 {
		u.task.Partial(recognition.Heard{Text: u.answer.partials[0]})
		u.answer.partials = u.answer.partials[1:]
	}
	return nil
}

func (u *utterance) End() (recognition.Heard, error) {
	if u.engine.Held != nil {
		select {
		case <-u.engine.Held:
		case <-u.ctx.Done():
			return recognition.Heard{}, u.ctx.Err()
		}
	}
	u.engine.mu.Lock()
	defer u.engine.mu.Unlock()
	u.engine.heard = append(u.engine.heard, u.samples)
	return u.answer.heard, u.answer.err
}

func (u *utterance) Close() {
	u.engine.mu.Lock()
	defer u.engine.mu.Unlock()
	if !u.closed {
		u.closed = true
		u.engine.open--
	}
}

// Voice is so many frames of what is taken for a voice, at 8 or 16 kHz.
func Voice(frames, rateHz int) [][]int16 {
	all := make([][]int16, frames)
	phase := 0.0
	for n := range all {
		all[n] = make([]int16, media.FrameSamples(rateHz))
		for i := range all[n] {
			at := float64(n) + float64(i)/float64(len(all[n]))
			phase += 2 * math.Pi * (140 + 20*math.Sin(at/7)) / float64(rateHz)
			var v float64
			for h := 1.0; h <= 10; h++ {
				v += math.Sin(h*phase) / h
			}
			all[n][i] = int16(5000 * v * (0.7 + 0.3*math.Sin(at)))
		}
	}
	return all
}
