package recognition

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// The bounds of engines that are outside.
const (
	// LongestUtterance bounds an utterance. Who goes on speaking begins another one.
	LongestUtterance = time.Minute
	// answerTime bounds how long it is waited for once an utterance has ended, and
	// answerMost what it may answer, in bytes.
	answerTime = 20 * time.Second
	answerMost = 256 << 10
	// partialSamples is how much more must have been said before it is asked again what
	// was understood so far.
	partialSamples = RateHz
)

// batch is an utterance for an engine that recognises it as a whole: its samples are
// collected, and sent when it ends. When Partial is wished for, what is there is sent
// about once in a second, unless the answer before has not come yet.
type batch struct {
	ctx       context.Context // ends with Close
	cancel    context.CancelFunc
	recognise func(context.Context, []int16) (Heard, error)
	partial   func(Heard)

	samples []int16
	asked   int           // how many of them the latest partial answer is about
	asking  chan struct{} // is closed when that has come
	stop    context.CancelFunc
}

// NewBatch begins an utterance that recognise recognises as a whole. recognise may be called
// by two goroutines, one after the other; it does not keep the samples, which are at RateHz.
// What it says of its failure may be a Failure.
func NewBatch(ctx context.Context, t Task, recognise func(context.Context, []int16) (Heard, error)) Utterance {
	b := &batch{recognise: recognise, partial: t.Partial, asking: make(chan struct{}), stop: func() {}}
	b.ctx, b.cancel = context.WithCancel(ctx)
	close(b.asking)
	return b
}

// Write implements Utterance.
func (b *batch) Write(samples []int16) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if len(b.samples)+len(samples) > int(LongestUtterance/time.Second)*RateHz {
		return &Failure{Broken, fmt.Sprintf("more than %v was said without a pause", LongestUtterance)}
	}
	b.samples = append(b.samples, samples...)
	if b.partial != nil && len(b.samples)-b.asked >= partialSamples {
		b.askForPartial()
	}
	return nil
}

func (b *batch) askForPartial() {
	select {
	case <-b.asking:
	default:
		return
	}
	var ctx context.Context
	ctx, b.stop = context.WithTimeout(b.ctx, answerTime)
	b.asked, b.asking = len(b.samples), make(chan struct{})
	go func(said []int16, done chan struct{}) {
		defer close(done)
		// Why there is none does not matter: the end will tell.
		if h, err := b.recognise(ctx, said); err == nil && h.Text != "" && ctx.Err() == nil {
			b.partial(h)
		}
	}(b.samples[:len(b.samples):len(b.samples)], b.asking)
}

// End implements Utterance.
func (b *batch) End() (Heard, error) {
	b.stop()
	<-b.asking
	if len(b.samples) == 0 {
		return Heard{}, b.ctx.Err()
	}
	ctx, cancel := context.WithTimeout(b.ctx, answerTime)
	defer cancel()
	h, err := b.recognise(ctx, b.samples)
	if err != nil {
		return Heard{}, why(ctx, err)
	}
	return h, nil
}

// Close implements Utterance.
func (b *batch) Close() {
	b.cancel()
	b.stop()
	<-b.asking
}

// why is why an engine did not answer: a Failure, unless it was given up.
func why(ctx context.Context, err error) error {
	failure := new(Failure)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case ctx.Err() != nil:
		return &Failure{Late, "the engine took too long"}
	case errors.As(err, &failure):
		return failure
	}
	return &Failure{Broken, err.Error()}
}

// plain is text without needless space.
func plain(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
}

// clock is a time that an engine gives in seconds, and probability a number that it
// gives as one; what is neither becomes 0.
func clock(seconds float64) time.Duration {
	if !(seconds > 0 && seconds < 24*60*60) {
		return 0
	}
	return time.Duration(math.Round(seconds*1000)) * time.Millisecond
}

func probability(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1)
}

// word is one that was said between two times in seconds.
func word(text string, from, to float64) Word {
	at := clock(from)
	return Word{Text: plain(text), At: at, Duration: max(clock(to)-at, 0)}
}
