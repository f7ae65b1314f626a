package bridge

import (
	"context"
	"errors"
	"sync"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
	"strowger/internal/media/player"
	"strowger/internal/outbound"
)

// playing is one player, from the fetch of its first file to its end.
type playing struct {
	stop context.CancelFunc

	mu       sync.Mutex
	stopped  bool
	playback *mixer.Playback
}

// startPlayer fetches what is to be played beside the conversation, and plays
// it when all of it is there: a missing second file must not be noticed only
// after the first was heard.
func (c *conversation) startPlayer(ctx context.Context, e call.StartPlayer) {
	ctx, cancel := context.WithCancel(ctx)
	p := &playing{stop: cancel}
	c.mu.Lock()
	c.players[e.Operation] = p
	c.mu.Unlock()
	listeners, all := c.listeners(e.To)
	c.tasks.Go(func() {
		defer cancel()
		prompts, failed := c.fetch(ctx, e)
		if failed != nil {
			c.ended(e.Operation, *failed)
			return
		}
		finished := call.PlayerFinished{Operation: e.Operation}
		if !all && len(listeners) == 0 {
			c.ended(e.Operation, finished)
			return
		}
		p.play(c, mixer.Play{
			Player: player.New(prompts, e.Loop), To: listeners,
			OnStart: func() { c.cfg.Signals.Signal(c.id, call.PlayerStarted{Operation: e.Operation}) },
			OnEnd:   func(mixer.End) { c.ended(e.Operation, finished) },
		}, finished)
	})
}

// ended forgets a player and tells what became of it.
func (c *conversation) ended(op call.OperationID, what call.Signal) {
	c.mu.Lock()
	delete(c.players, op)
	c.mu.Unlock()
	c.cfg.Signals.Signal(c.id, what)
}

// listeners finds the members of legs; none named is everyone.
func (c *conversation) listeners(legs []call.LegID) (found []*mixer.Member, all bool) {
	for _, leg := range legs {
		if m := c.members[leg]; m != nil {
			found = append(found, m)
		}
	}
	return found, len(legs) == 0
}

// play begins the playback unless the player was stopped before it could.
func (p *playing) play(c *conversation, play mixer.Play, unplayed call.PlayerFinished) {
	p.mu.Lock()
	if !p.stopped {
		p.playback = c.room.Play(play)
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	c.ended(unplayed.Operation, unplayed)
}

func (c *conversation) stopPlayer(op call.OperationID) {
	c.mu.Lock()
	p := c.players[op]
	c.mu.Unlock()
	if p == nil {
		return
	}
	p.stop()
	p.mu.Lock()
	p.stopped = true
	playback := p.playback
	p.mu.Unlock()
	if playback != nil {
		playback.Stop()
	}
}

// fetch gets every source at the rate of those who listen now, or says which
// could not be got. The room takes the sound at any rate: whoever comes
// meanwhile changes nothing.
func (c *conversation) fetch(ctx context.Context, e call.StartPlayer) ([]*player.Prompt, *call.PlayerFailed) {
	rateHz := c.room.RateHz()
	prompts := make([]*player.Prompt, len(e.Sources))
	for i, src := range e.Sources {
		p, err := c.cfg.Prompts.Prompt(ctx, src, rateHz)
		if err != nil {
			c.log.Warn("play source cannot be played: check that the URL answers with a WAV file and that outbound.allow_networks admits its host",
				"source", i, "host", outbound.Host(src.File), "error", err)
			return nil, &call.PlayerFailed{Operation: e.Operation, Source: i, Reason: reason(err)}
		}
		prompts[i] = p
	}
	return prompts, nil
}

// formatError marks a file that was fetched and is no sound we can play.
type formatError struct{ error }

func (e formatError) Unwrap() error { return e.error }

func reason(err error) call.Reason {
	if errors.As(err, new(formatError)) {
		return call.PlayFormat
	}
	return call.PlayDownload
}
