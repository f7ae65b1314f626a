package speech

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"strowger/internal/media/codec"
	"strowger/internal/media/player"
)

// Engine says lines. It is safe for concurrent use.
type Engine interface {
	Name() string
	// Speaks reports whether the engine works here and has a voice for this.
	Speaks(Voice) bool
	// Say makes the sound of a line, at any rate. Its gain is not the engine's affair.
	// An error may be a Failure.
	Say(context.Context, Line) (*player.Audio, error)
}

// Why is why something was not said.
type Why int

// The reasons of failures.
const (
	Broken Why = iota // the engine failed
	Busy              // too much was being said at once, here or at the engine
	Late              // the engine took too long
	Denied            // the engine's server wants other credentials
)

// Failure is why words did not become sound.
type Failure struct {
	Why    Why
	Detail string
}

func (f *Failure) Error() string { return f.Detail }

// The bounds of what is made at once.
const (
	// linesAtOnce bounds the lines that are being made, and waitMost how long one more
	// waits for its turn.
	linesAtOnce = 16
	waitMost    = 5 * time.Second
)

// Speaker speaks with the first of its engines that has a voice for what is to be
// said. It is safe for concurrent use.
type Speaker struct {
	engines []Engine
	turns   chan struct{}
}

// NewSpeaker makes a speaker of engines, the best first.
func NewSpeaker(engines ...Engine) *Speaker {
	return &Speaker{engines: engines, turns: make(chan struct{}, linesAtOnce)}
}

// Check reports why an utterance cannot be said: a SyntaxError, or an UnspokenError.
func (s *Speaker) Check(u Utterance) error {
	script, err := Parse(u)
	if err != nil {
		return err
	}
	for _, step := range script {
		if _, err := s.engineFor(step.Line.Voice); step.Line.Text != "" && err != nil {
			return err
		}
	}
	return nil
}

// UnspokenError is a language that no engine speaks.
type UnspokenError struct {
	Language string
	None     bool // there is no engine at all
}

func (e *UnspokenError) Error() string {
	if e.None {
		return "no speech synthesis works on this server"
	}
	return fmt.Sprintf("no voice of this server speaks %.32q", e.Language)
}

func (s *Speaker) engineFor(v Voice) (Engine, error) {
	for _, e := range s.engines {
		if e.Speaks(v) {
			return e, nil
		}
	}
	return nil, &UnspokenError{Language: v.Language, None: !s.Speaks()}
}

// Speaks reports whether any engine works.
func (s *Speaker) Speaks() bool {
	return slices.ContainsFunc(s.engines, func(e Engine) bool { return e.Speaks(Voice{Language: defaultLanguage}) })
}

// Open begins to say an utterance, and returns when the first of it is there.
func (s *Speaker) Open(ctx context.Context, u Utterance) (*Speech, error) {
	script, err := Parse(u)
	if err != nil {
		return nil, err
	}
	speech := &Speech{ctx: ctx, speaker: s, rest: script}
	if err := speech.next(); err != nil && err != io.EOF {
		return nil, err
	}
	return speech, nil
}

// say makes one line, in its turn.
func (s *Speaker) say(ctx context.Context, l Line) ([]int16, error) {
	engine, err := s.engineFor(l.Voice)
	if err != nil {
		return nil, err
	}
	wait := time.NewTimer(waitMost)
	defer wait.Stop()
	select {
	case s.turns <- struct{}{}:
	case <-wait.C:
		return nil, &Failure{Busy, "too much is being said at once on this server"}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.turns }()
	a, err := engine.Say(ctx, l)
	if err != nil {
		return nil, named(engine, err)
	}
	samples := a.Samples
	if a.RateHz != RateHz {
		samples = codec.Resample(samples, a.RateHz, RateHz)
	}
	amplify(samples, l.GainDB)
	return samples, nil
}

// named says which engine failed.
func named(e Engine, err error) error {
	if failure := new(Failure); errors.As(err, &failure) {
		return &Failure{failure.Why, e.Name() + ": " + failure.Detail}
	}
	return fmt.Errorf("%s: %w", e.Name(), err)
}

func amplify(samples []int16, gainDB float64) {
	if gainDB == 0 {
		return
	}
	factor := math.Pow(10, gainDB/20)
	if gainDB <= silentDB {
		factor = 0
	}
	for i, v := range samples {
		samples[i] = int16(math.Round(min(max(float64(v)*factor, math.MinInt16), math.MaxInt16)))
	}
}

// Speech is the sound of an utterance while it is made. It belongs to one goroutine.
type Speech struct {
	ctx     context.Context
	speaker *Speaker
	rest    Script
	ready   []int16
	spoke   bool // a line of it
}

// RateHz is the rate of its samples.
func (s *Speech) RateHz() int { return RateHz }

// Read fills samples. With fewer comes io.EOF, or why there are no more.
func (s *Speech) Read(samples []int16) (n int, err error) {
	for n < len(samples) {
		if len(s.ready) == 0 {
			if err := s.next(); err != nil {
				return n, err
			}
		}
		copied := copy(samples[n:], s.ready)
		s.ready = s.ready[copied:]
		n += copied
	}
	return n, nil
}

// next makes the next step that sounds, or is silent for a while.
func (s *Speech) next() error {
	for len(s.ready) == 0 {
		if len(s.rest) == 0 {
			return io.EOF
		}
		step := s.rest[0]
		s.rest = s.rest[1:]
		if step.Line.Text == "" {
			s.ready = make([]int16, int(step.Pause*RateHz/time.Second))
			continue
		}
		var err error
		if s.ready, err = s.speaker.say(s.ctx, step.Line); err != nil {
			s.rest = nil
			return err
		}
		if !s.spoke {
			s.ready, s.spoke = fromItsSound(s.ready), true
		}
	}
	return nil
}

const (
	// faint is what is no sound yet where a line begins: 40 dB below its loudest.
	faint = 100
	// onset is what is kept of the time before, in samples: 10 ms.
	onset = RateHz / 100
)

// fromItsSound leaves out the silence that a line begins with. Engines put a pause before
// each sentence, Flite a fifth of a second: before the first, nobody but the listener
// waits for it.
func fromItsSound(samples []int16) []int16 {
	loudest := 0
	for _, v := range samples {
		loudest = max(loudest, int(v), -int(v))
	}
	for i, v := range samples {
		if max(int(v), -int(v)) > loudest/faint {
			return samples[max(i-onset, 0):]
		}
	}
	return samples
}
