package mixer

import (
	"context"
	"sync"
)

// notice is something that a player's owner wants to know.
type notice struct {
	playback *Playback
	started  bool // else it ended
	end      End
}

func (n notice) deliver() {
	switch {
	case n.started && n.playback.play.OnStart != nil:
		n.playback.play.OnStart()
	case !n.started && n.playback.play.OnEnd != nil:
		n.playback.play.OnEnd(n.end)
	}
}

// notices carries news from the clock to the goroutine that runs the room.
// It cannot overflow: each playback has two notices to give at most.
type notices struct {
	wake chan struct{} // holds one token while there is news

	mu   sync.Mutex
	news []notice
}

func newNotices() notices {
	return notices{wake: make(chan struct{}, 1), news: make([]notice, 0, 8)}
}

func (q *notices) post(n notice) {
	q.mu.Lock()
	q.news = append(q.news, n)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *notices) take() []notice {
	q.mu.Lock()
	defer q.mu.Unlock()
	news := q.news
	q.news = make([]notice, 0, 8)
	return news
}

// run delivers until ctx is done, and then what is left.
func (q *notices) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			q.deliver()
			return ctx.Err()
		case <-q.wake:
			q.deliver()
		}
	}
}

func (q *notices) deliver() {
	for _, n := range q.take() {
		n.deliver()
	}
}
