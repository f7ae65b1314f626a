package bridge

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
)

// Legs finds the sound of a leg.
type Legs interface {
	Media(leg call.LegID) (Media, bool)
}

// Media is the sound of one leg: what its far end says, and what it hears. It
// prints as the codec that lies behind it.
type Media interface {
	fmt.Stringer
	media.Source
	media.Sink
}

// Signals takes what became of players. Signal may wait for room.
type Signals interface {
	Signal(id call.ID, sig call.Signal)
}

// Sources opens what is to be played, at a rate. An error is a player.FormatError
// when the source is no sound that can be played. It says why in words for the log,
// without the URL.
type Sources interface {
	Open(ctx context.Context, src call.PlaySource, rateHz int) (Sound, error)
}

// Config is what a bridge works with.
type Config struct {
	Clock       *media.Clock
	Legs        Legs
	Signals     Signals
	Sources     Sources
	Recorders   Recorders
	Streams     Streams
	Transcripts Transcripts
	Ears        Ears
	// ProofOfHearing is how long the end of a play may wait for the reports of those who
	// were played to; 0: nobody asks.
	ProofOfHearing time.Duration
	Log            *slog.Logger
}

// Bridge holds the conversations of all calls.
type Bridge struct {
	cfg     Config
	plays   *budget // of all calls
	answers answerCounts
	start   chan *conversation
	stopped chan struct{}

	mu            sync.Mutex
	conversations map[call.ID]*conversation
	closing       map[call.ID]*conversation // whose rooms may still be heard
}

// New makes a bridge; Run brings it to life.
func New(cfg Config) *Bridge {
	return &Bridge{cfg: cfg, plays: &budget{most: serverMost}, start: make(chan *conversation), stopped: make(chan struct{}), conversations: map[call.ID]*conversation{}, closing: map[call.ID]*conversation{}}
}

// Run runs conversations until ctx is done, and returns when all are quiet.
func (b *Bridge) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	defer close(b.stopped)
	for {
		select {
		case c := <-b.start:
			running.Go(func() { c.run(ctx) })
		case <-ctx.Done():
			return nil
		}
	}
}

// Perform does what a call asks of its sound. It waits only while effectsWaiting effects
// of the same call are not done yet.
func (b *Bridge) Perform(id call.ID, e call.SoundEffect) {
	c := b.conversation(id, e)
	if c == nil {
		if e, ok := e.(call.StopRecorder); ok {
			b.cfg.Recorders.Stop(id, e)
		}
		return
	}
	select {
	case c.effects <- e:
	case <-c.done:
	case <-b.stopped:
	}
}

// conversation finds the conversation of a call. Only what makes sound needs
// one: a call that rings in vain never has a room.
func (b *Bridge) conversation(id call.ID, e call.SoundEffect) *conversation {
	b.mu.Lock()
	c, ok := b.conversations[id]
	if _, closing := e.(call.Close); ok && closing {
		delete(b.conversations, id)
		b.closing[id] = c
	}
	if ok || !makesSound(e) {
		b.mu.Unlock()
		return c
	}
	c = newConversation(b, id, &budget{most: callMost, wider: b.plays})
	b.conversations[id] = c
	b.mu.Unlock()
	select {
	case b.start <- c:
		return c
	case <-b.stopped:
		return nil
	}
}

// find is the conversation of a call as long as its room may be heard.
func (b *Bridge) find(id call.ID) *conversation {
	b.mu.Lock()
	defer b.mu.Unlock()
	return cmp.Or(b.conversations[id], b.closing[id])
}

func (b *Bridge) forget(c *conversation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.conversations, c.id)
	delete(b.closing, c.id)
}

func makesSound(e call.SoundEffect) bool {
	switch e.(type) {
	case call.Join, call.StartPlayer, call.StartRecorder, call.OpenStream, call.OpenTranscript:
		return true
	}
	return false
}

// Conversations is how many calls have sound now.
func (b *Bridge) Conversations() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.conversations)
}
