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
	of      *Bridge
	id      call.ID
	budget  *budget // of its plays
	log     *slog.Logger
	effects chan call.SoundEffect
	done    chan struct{}

	// Owned by run.
	room        *mixer.Room
	voices      map[call.LegID]voice
	recording   call.RecordingID // that is being made; empty: none
	streams     map[call.ConnectionID]Stream
	transcripts map[call.ConnectionID]Transcript
	detecting   map[call.LegID]*mixer.Tap       // who listens for a machine, or did
	ears        map[call.OperationID]*mixer.Tap // that are open, or have failed
	tasks       sync.WaitGroup                  // fetches and the room's callbacks

	mu      sync.Mutex                    // of players, and of voices where others read or run writes
	players map[call.OperationID]*playing // that have not ended, also before their turn
}

func newConversation(b *Bridge, id call.ID, plays *budget) *conversation {
	return &conversation{
		cfg: b.cfg, of: b, id: id, budget: plays, log: b.cfg.Log.With("call", string(id)),
		effects: make(chan call.SoundEffect, effectsWaiting), done: make(chan struct{}),
		room:    mixer.NewRoom(),
		streams: map[call.ConnectionID]Stream{}, transcripts: map[call.ConnectionID]Transcript{}, detecting: map[call.LegID]*mixer.Tap{}, ears: map[call.OperationID]*mixer.Tap{},
		voices: map[call.LegID]voice{}, players: map[call.OperationID]*playing{},
	}
}

// run does what the call asks until it closes, or ctx is done.
func (c *conversation) run(ctx context.Context) {
	defer close(c.done)
	ctx, cancel := context.WithCancel(ctx)
	c.tasks.Go(func() { _ = c.room.Run(ctx) })
	c.cfg.Clock.Attach(c.room)
	c.serve(ctx)
	for _, s := range c.streams {
		s.Close()
	}
	for _, t := range c.transcripts {
		t.Close()
	}
	c.cfg.Clock.Detach(c.room)
	c.of.forget(c)
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
		c.join(e)
	case call.Leave:
		c.leave(e.Leg)
	case call.Isolate:
		if v, ok := c.voices[e.Leg]; ok {
			v.member.SetIsolated(e.Isolated)
		}
	case call.Regroup:
		if v, ok := c.voices[e.Leg]; ok {
			v.member.SetGroups(mixer.Groups(e.Groups))
		}
	case call.MuteLeg:
		if v, ok := c.voices[e.Leg]; ok {
			v.member.SetMuted(e.Muted)
		}
	case call.PreparePlayer:
		c.preparePlayer(ctx, e)
	case call.StartPlayer:
		c.startPlayer(ctx, e)
	case call.StopPlayer:
		c.stopPlayer(e.Operation)
	case call.RegroupPlayer:
		c.regroupPlayer(e)
	case call.StartRecorder:
		c.startRecorder(e)
	case call.PauseRecorder:
		c.cfg.Recorders.Pause(e, c.room.Ticks())
	case call.StopRecorder:
		c.stopRecorder(e)
	case call.OpenStream:
		c.openStream(e)
	case call.CloseStream:
		c.closeStream(e.Connection)
	case call.StreamTone:
		if s := c.streams[e.Connection]; s != nil {
			s.Pressed(e.Tone)
		}
	case call.OpenTranscript:
		c.openTranscript(e)
	case call.SwitchTranscript:
		c.switchTranscript(e)
	case call.CloseTranscript:
		c.closeTranscript(e.Connection)
	case call.DetectMachine:
		c.detectMachine(ctx, e.Leg)
	case call.StopDetecting:
		c.stopDetecting(e.Leg)
	case call.OpenEar:
		c.openEar(ctx, e)
	case call.CloseEar:
		c.closeEar(e.Operation)
	}
}

// join brings a leg in, or says whose voice comes over it from now on. A leg that
// is over already has said so, and the call will ask it to leave. One that comes
// from another call is not heard there any more: two rooms must not share it.
func (c *conversation) join(e call.Join) {
	if other := c.of.find(e.Was.Call()); other != nil {
		other.letGo(e.Was)
	}
	if v, before, ok := c.admit(e); ok {
		c.tellJoined(before, v)
	}
}

// admit is whose voice comes over a leg, and the tick before which it does not.
func (c *conversation) admit(e call.Join) (v voice, before uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, there := c.voices[e.Leg]
	v.address = e.Address
	before = c.room.Ticks()
	if !there {
		// Within the lock: a leg that moves away meanwhile is not found, or let go of.
		m, ok := c.cfg.Legs.Media(e.Leg)
		if !ok {
			return voice{}, 0, false
		}
		v.member, v.sound = c.room.Add(m, m), m
		if c.proves() {
			for _, p := range c.players {
				p.watch(v)
			}
		}
		c.log.Info("leg joins the conversation", "leg", string(e.Leg), "sound", v.member.String())
	}
	c.voices[e.Leg] = v
	return v, before, true
}

// letGo has the room touch a leg no more, for another conversation that has it now.
// The call will ask it to leave.
func (c *conversation) letGo(leg call.LegID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.voices[leg]; ok {
		c.room.Remove(v.member)
	}
}

func (c *conversation) leave(leg call.LegID) {
	v, ok := c.voices[leg]
	if !ok {
		return
	}
	c.mu.Lock()
	delete(c.voices, leg)
	for _, p := range c.players {
		p.left(v.member)
	}
	c.mu.Unlock()
	c.stopDetecting(leg)
	c.room.Remove(v.member)
	c.tellLeft(v)
}
