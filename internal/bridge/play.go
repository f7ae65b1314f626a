package bridge

import (
	"context"
	"errors"
	"strings"
	"sync"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
	"strowger/internal/media/player"
	"strowger/internal/outbound"
)

// playing is one player, from the fetch of its first file to its end. It is heard when
// its turn has come and there is sound.
type playing struct {
	operation call.OperationID
	stop      context.CancelFunc
	tape      *player.Tape
	turn      chan struct{} // closed when it has come

	mu       sync.Mutex
	stopped  bool
	sounds   bool         // there is something on the tape
	due      *mixer.Play  // what is to be heard; nil before its turn
	groups   mixer.Groups // that hear it, unless it is for legs
	playback *mixer.Playback
	failed   *call.PlayerFailed        // what was reached when the tape ends
	hearers  map[*mixer.Member]*hearer // when hearing is to be proved
}

// preparePlayer has the first of what a player plays on its tape when its turn comes,
// and tells nothing before.
func (c *conversation) preparePlayer(ctx context.Context, e call.PreparePlayer) {
	c.bring(ctx, call.StartPlayer{Operation: e.Operation, Sources: e.Sources, Loop: e.Loop})
}

// startPlayer plays sources, beside the conversation. It is heard from the first one
// on, while the others are fetched; one that cannot be fetched ends it when it is
// reached.
func (c *conversation) startPlayer(ctx context.Context, e call.StartPlayer) {
	listeners, all := c.listeners(e.To)
	if !all && len(listeners) == 0 {
		c.tasks.Go(func() { c.ended(e.Operation, call.PlayerFinished{Operation: e.Operation}) })
		return
	}
	c.mu.Lock()
	p := c.players[e.Operation]
	c.mu.Unlock()
	if p == nil {
		p = c.bring(ctx, e)
	}
	proved := c.proves() && !e.Prompt
	if proved {
		c.watchAll(p)
	}
	p.begin(c.room, mixer.Groups(e.Groups), mixer.Play{
		Player: p.tape, To: listeners, Counted: proved,
		OnStart: func() { c.cfg.Signals.Signal(c.id, call.PlayerStarted{Operation: e.Operation}) },
		OnEnd:   func(end mixer.End) { c.over(ctx, p, end) },
	})
}

// over tells how a playback ended, and who has heard it where that is to be proved.
func (c *conversation) over(ctx context.Context, p *playing, end mixer.End) {
	outcome := p.outcome(end)
	finished, ok := outcome.(call.PlayerFinished)
	if !ok || end != mixer.Finished || !p.counted() {
		c.ended(p.operation, outcome)
		return
	}
	c.tasks.Go(func() {
		finished.Hearing = c.prove(ctx, p)
		c.ended(p.operation, finished)
	})
}

// bring begins to fetch what a player plays.
func (c *conversation) bring(ctx context.Context, e call.StartPlayer) *playing {
	ctx, cancel := context.WithCancel(ctx)
	// The room takes the sound at any rate: whoever comes meanwhile changes nothing.
	p := &playing{operation: e.Operation, stop: cancel, tape: player.NewTape(c.room.RateHz()), turn: make(chan struct{})}
	c.mu.Lock()
	c.players[e.Operation] = p
	c.mu.Unlock()
	c.tasks.Go(func() {
		defer cancel()
		c.feed(ctx, p, e)
	})
	return p
}

// feed fetches what a player plays, and tells its end when none of it is heard.
func (c *conversation) feed(ctx context.Context, p *playing, e call.StartPlayer) {
	f := &feed{
		sources: e.Sources, loop: e.Loop, tape: p.tape, budget: c.budget, turn: p.turn,
		open: func(ctx context.Context, src call.PlaySource) (Sound, error) {
			return c.cfg.Sources.Open(ctx, src, p.tape.SampleRateHz())
		},
		begun: func() { p.sound(c.room) },
	}
	source, err := f.run(ctx)
	if err != nil {
		c.fails(ctx, p, e, source, err)
	}
	f.end(ctx)
	if p.over() {
		c.ended(e.Operation, p.outcome(mixer.Finished))
	}
}

// SpeechError is why words could not be spoken.
type SpeechError struct {
	Reason call.Reason
	Detail string // for people; without anything secret
}

func (e *SpeechError) Error() string { return e.Detail }

// wanted is what to do about a file that cannot be played.
const wanted = "convert it to a WAV file: PCM, mono, 16 kHz"

// fails notes why a player ends before its end.
func (c *conversation) fails(ctx context.Context, p *playing, e call.StartPlayer, source int, err error) {
	failed := &call.PlayerFailed{Operation: e.Operation, Source: source, Reason: call.PlayDownload}
	if format := new(player.FormatError); errors.As(err, &format) {
		failed.Reason, failed.Detail = call.PlayFormat, format.Problem+"; "+wanted
	}
	if unspoken := new(SpeechError); errors.As(err, &unspoken) {
		failed.Reason, failed.Detail = unspoken.Reason, unspoken.Detail
		c.log.Warn("words cannot be spoken: `strowger doctor` says which engines of speech work, and what the others need", "source", source, "error", err)
	} else if ctx.Err() == nil {
		if failed.Detail == "" {
			failed.Detail = strings.TrimPrefix(err.Error(), notFetched)
		}
		c.log.Warn("play source cannot be played: check that the URL answers with a WAV file and that outbound.allow_networks admits its host",
			"source", source, "host", outbound.Host(e.Sources[source].File), "error", err)
	}
	p.mu.Lock()
	p.failed = failed
	p.mu.Unlock()
}

// ended forgets a player and tells what became of it.
func (c *conversation) ended(op call.OperationID, what call.Signal) {
	c.mu.Lock()
	p := c.players[op]
	delete(c.players, op)
	c.mu.Unlock()
	if p != nil {
		p.stop()
		if starved := p.tape.Starved(); starved > 0 && p.plays() {
			c.log.Info("play was interrupted: its files came too slowly", "silence", starved)
		}
	}
	c.cfg.Signals.Signal(c.id, what)
}

// listeners finds the members of legs; none named is everyone.
func (c *conversation) listeners(legs []call.LegID) (found []*mixer.Member, all bool) {
	for _, leg := range legs {
		if v, ok := c.voices[leg]; ok {
			found = append(found, v.member)
		}
	}
	return found, len(legs) == 0
}

// begin is the player's turn.
func (p *playing) begin(room *mixer.Room, groups mixer.Groups, play mixer.Play) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.groups, p.due = groups, &play
	close(p.turn)
	p.play(room)
}

// sound is that there is something on the tape.
func (p *playing) sound(room *mixer.Room) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sounds = true
	p.play(room)
}

// play begins the playback when all is there, unless the player was stopped before.
// It is called with mu held.
func (p *playing) play(room *mixer.Room) {
	if p.due != nil && p.sounds && !p.stopped {
		p.due.Groups = p.groups
		for _, h := range p.hearers {
			h.from = h.witness.Mark() // what was sent while nothing was there is not of the play
		}
		p.playback = room.Play(*p.due)
	}
}

// over reports whether the player ends without a playback, which would tell its end:
// its turn has come, and there is nothing to be heard.
func (p *playing) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.due != nil && p.playback == nil
}

// plays reports whether the playback was begun, which tells its end then.
func (p *playing) plays() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.playback != nil
}

// counted reports whether it is counted who hears the playback.
func (p *playing) counted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.due.Counted
}

// outcome is what became of a player whose tape was played like this.
func (p *playing) outcome(end mixer.End) call.Signal {
	p.mu.Lock()
	defer p.mu.Unlock()
	if end == mixer.Finished && p.failed != nil {
		return *p.failed
	}
	return call.PlayerFinished{Operation: p.operation}
}

// regroupPlayer says who hears a player from now on, also one that is not heard yet.
func (c *conversation) regroupPlayer(e call.RegroupPlayer) {
	c.mu.Lock()
	p := c.players[e.Operation]
	c.mu.Unlock()
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.groups = mixer.Groups(e.Groups)
	if p.playback != nil {
		p.playback.SetGroups(p.groups)
	}
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
	playback, began := p.playback, p.due != nil
	p.mu.Unlock()
	if !began {
		c.mu.Lock()
		delete(c.players, op)
		c.mu.Unlock()
	}
	if playback != nil {
		playback.Stop()
	}
}
