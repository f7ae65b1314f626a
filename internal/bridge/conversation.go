package bridge

import (
	"context"
	"log/slog"
	"sync"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// effectsWaiting bounds what a call may have asked of its sound and not got yet.
const effectsWaiting = 256

// conversation is the sound of one call.
type conversation struct {
	cfg     Config
	id      call.ID
	budget  *budget // of its plays
	log     *slog.Logger
	effects chan call.SoundEffect
	done    chan struct{}

	// Owned by run.
	room    *mixer.Room
	members map[call.LegID]*mixer.Member
	tasks   sync.WaitGroup // fetches and the room's callbacks

	mu      sync.Mutex
	players map[call.OperationID]*playing // that have not ended
}

func newConversation(cfg Config, id call.ID, plays *budget) *conversation {
	return &conversation{
		cfg: cfg, id: id, budget: plays, log: cfg.Log.With("call", string(id)),
		effects: make(chan call.SoundEffect, effectsWaiting), done: make(chan struct{}),
		room:    mixer.NewRoom(),
		members: map[call.LegID]*mixer.Member{}, players: map[call.OperationID]*playing{},
	}
}

// run does what the call asks until it closes, or ctx is done.
func (c *conversation) run(ctx context.Context) {
	defer close(c.done)
	ctx, cancel := context.WithCancel(ctx)
	c.tasks.Go(func() { _ = c.room.Run(ctx) })
	c.cfg.Clock.Attach(c.room)
	c.serve(ctx)
	c.cfg.Clock.Detach(c.room)
	cancel()
	c.tasks.Wait()
}

func (c *conversation) serve(ctx context.Context) {
	for {
		select {
		case e := <-c.effects:
			if _, ok := e.(call.Close); ok {
				return
			}
			c.perform(ctx, e)
		case <-ctx.Done():
			return
		}
	}
}

func (c *conversation) perform(ctx context.Context, e call.SoundEffect) {
	switch e := e.(type) {
	case call.Join:
		c.join(e.Leg)
	case call.Leave:
		c.leave(e.Leg)
	case call.Isolate:
		if m := c.members[e.Leg]; m != nil {
			m.SetIsolated(e.Isolated)
		}
	case call.MuteLeg:
		if m := c.members[e.Leg]; m != nil {
			m.SetMuted(e.Muted)
		}
	case call.StartPlayer:
		c.startPlayer(ctx, e)
	case call.StopPlayer:
		c.stopPlayer(e.Operation)
	}
}

// join brings a leg in. A leg that is over already has said so, and the call
// will ask it to leave.
func (c *conversation) join(leg call.LegID) {
	m, ok := c.cfg.Legs.Media(leg)
	if !ok || c.members[leg] != nil {
		return
	}
	member := c.room.Add(m, m)
	c.members[leg] = member
	c.log.Info("leg joins the conversation", "leg", string(leg), "sound", member.String())
}

func (c *conversation) leave(leg call.LegID) {
	if m := c.members[leg]; m != nil {
		delete(c.members, leg)
		c.room.Remove(m)
	}
}
