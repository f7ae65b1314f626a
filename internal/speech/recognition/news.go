package recognition

import "time"

// Wish is what an ear listens for.
type Wish struct {
	Language string   // BCP 47
	Phrases  []string // one of which is expected; empty: anything
	Model    string
	// EndSilence is the pause that ends an utterance; 0: EndSilence.
	EndSilence time.Duration
	// Partials wishes for what was understood so far.
	Partials bool
}

// News is what an ear tells: Began, Partial, Ended or Failed. An utterance begins up to
// 300 ms before the first voiced sound: what the first word begins with is in it.
type News interface{ news() }

// Began: somebody began to speak. It is told within 200 ms of the first voiced sound,
// and not for a cough or a click.
type Began struct {
	At time.Duration // of the utterance's first sample, since the ear was made
}

// Partial is what was understood so far of an utterance.
type Partial struct {
	Heard
	At time.Duration // of the utterance's first sample, since the ear was made
}

// Ended: an utterance is over. Its text is empty when nothing was recognised, also when
// none of the phrases was.
type Ended struct {
	Heard
	At       time.Duration // of the utterance's first sample, since the ear was made
	Duration time.Duration // to the last sound
}

// Failed: the ear hears no more.
type Failed struct{ Failure }

func (Began) news()   {}
func (Partial) news() {}
func (Ended) news()   {}
func (Failed) news()  {}
