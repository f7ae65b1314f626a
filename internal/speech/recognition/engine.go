package recognition

import (
	"context"
	"time"

	"strowger/internal/media"
)

// RateHz is the rate of all sound that engines hear.
const RateHz = media.Wideband

// Engine recognises utterances. It is safe for concurrent use.
type Engine interface {
	Name() string
	// Hears reports whether the engine works here and knows a language (BCP 47).
	Hears(language string) bool
	// Begin begins an utterance. Its error may be a Failure. ctx bounds the whole of it.
	Begin(ctx context.Context, t Task) (Utterance, error)
}

// Task is how an utterance is to be recognised.
type Task struct {
	Language string   // BCP 47, such as en-US
	Phrases  []string // one of which is expected; empty: anything may be said
	Model    string   // a model's name, where the engine has several; may be empty
	// Partial, unless it is nil, is told what was understood so far, as often as that
	// changes. It is called by one goroutine at a time, and not after End has returned.
	Partial func(Heard)
}

// Utterance is what one person says between two pauses. It belongs to one goroutine.
type Utterance interface {
	// Write takes samples at RateHz, which it does not keep.
	Write(samples []int16) error
	// End says that no more comes, and waits for what was said. Nothing that was
	// recognised is an empty text and no error. An error may be a Failure.
	End() (Heard, error)
	// Close gives up what has not ended. It may be called more than once, also after End.
	Close()
}

// Heard is what was said.
type Heard struct {
	Text       string
	Confidence float64 // from 0 to 1; 0: the engine does not say
	Words      []Word  // in order; empty when the engine does not say
}

// Word is one word of it.
type Word struct {
	Text     string
	At       time.Duration // from the utterance's first sample
	Duration time.Duration
}

// Why is why something was not recognised.
type Why int

// The reasons of failures.
const (
	Broken Why = iota // the engine failed
	Busy              // too much was being listened to at once, here or at the engine
	Late              // the engine took too long
	Denied            // the engine's server wants other credentials
)

// Failure is why sound did not become words.
type Failure struct {
	Why    Why
	Detail string // for people; without anything secret
}

func (f *Failure) Error() string { return f.Detail }
