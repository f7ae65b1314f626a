package mixer

import (
	"maps"
	"slices"

	"strowger/internal/media"
)

// A Player is a source that ends: ReadFrame returns false when there is
// nothing left, and is not called again.
type Player interface {
	SampleRateHz() int // of its frames, as for a media.Source
	ReadFrame(dst []int16) (playing bool)
}

// End is why a playback ended.
type End int

const (
	Finished  End = iota // everything was played
	Stopped              // Stop was called
	Abandoned            // the last member that it was played to left the room
)

func (e End) String() string {
	return [...]string{"finished", "stopped", "abandoned"}[e]
}

// Play says what is played, to whom, and who wants to know.
type Play struct {
	Player  Player
	To      []*Member // nil: everyone in Groups who is or comes, except the isolated
	Groups  Groups    // 0: the default group
	Counted bool      // Heard is asked for
	// OnStart is called when the first frame has been mixed, OnEnd exactly
	// once at the end and after OnStart. Both may be nil.
	OnStart func()
	OnEnd   func(End)
}

// Playback is a player at work in a room.
type Playback struct {
	room    *Room
	play    Play
	to      []*Member
	toAll   bool
	in      *edge
	groups  Groups
	playing bool    // whether the player gave anything in this tick
	due     []int16 // what it gives in this tick, at the room's rate
	sounds  bool    // whether due is anything but silence
	started bool
	ended   bool
	heard   map[*Member]int // ticks; nil: nobody asks
}

// Play starts playing with the next tick. Several plays at once are summed.
func (r *Room) Play(p Play) *Playback {
	pb := &Playback{room: r, play: p, toAll: p.To == nil}
	pb.setGroups(p.Groups)
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.Counted {
		pb.heard = make(map[*Member]int, len(r.members)+len(p.To))
	}
	pb.in = newEdge(p.Player.SampleRateHz(), r.rateHz)
	for _, m := range p.To {
		if !slices.Contains(r.members, m) {
			continue
		}
		pb.to = append(pb.to, m)
		if m.extra == nil {
			m.extra = make([]int32, media.MaxFrameSamples)
		}
	}
	if !pb.toAll && len(pb.to) == 0 {
		pb.end(Abandoned)
		return pb
	}
	r.players = append(r.players, pb)
	r.encircle()
	return pb
}

// Stop ends the playback, if it has not ended by itself. When it returns, the
// player is not called any more; OnEnd follows.
func (pb *Playback) Stop() {
	r := pb.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if !pb.ended {
		r.takeOut(pb, Stopped)
	}
}

// Heard is for how many ticks each member was given what is played, of those who were
// for any. It is for a Play that is Counted.
func (pb *Playback) Heard() map[*Member]int {
	pb.room.mu.Lock()
	defer pb.room.mu.Unlock()
	return maps.Clone(pb.heard)
}

// count notes who was given this tick.
func (pb *Playback) count() {
	if pb.heard == nil || !pb.playing {
		return
	}
	for _, m := range pb.to {
		pb.heard[m]++
	}
	if !pb.toAll {
		return
	}
	for _, m := range pb.room.members {
		if m.out != nil && !m.isolated && m.groups&pb.groups != 0 {
			pb.heard[m]++
		}
	}
}

func (pb *Playback) read() {
	pb.in = pb.in.from(pb.play.Player.SampleRateHz())
	pb.playing = pb.play.Player.ReadFrame(pb.in.next())
}

// play adds what was read to what those hear for whom it is played. The end of
// what a player gave last is still due when it gives nothing more.
func (r *Room) play(pb *Playback) {
	pb.due, pb.sounds = pb.in.pass(pb.playing)
	if pb.playing {
		pb.start()
	}
	switch {
	case !pb.sounds:
	case pb.toAll:
		r.everyone.add(pb.due)
		r.keep(pb.due)
	default:
		r.deliver(pb, pb.due)
	}
}

// keep sums what is played to everyone by itself, when somebody taps the room.
func (r *Room) keep(frame []int16) {
	if len(r.taps) == 0 {
		return
	}
	if !r.plays {
		clear(r.played[:r.samples])
		r.plays = true
	}
	accumulate(r.played[:r.samples], frame)
}

func (r *Room) deliver(pb *Playback, frame []int16) {
	for _, m := range pb.to {
		if !m.hasExtra {
			clear(m.extra[:r.samples])
			m.hasExtra = true
		}
		accumulate(m.extra[:r.samples], frame)
	}
}

// retire takes out the players that had nothing more to give, in place, as a
// tick must not allocate.
func (r *Room) retire() {
	for i := 0; i < len(r.players); {
		if pb := r.players[i]; !pb.playing {
			r.takeOut(pb, Finished)
			continue
		}
		i++
	}
}

func (pb *Playback) start() {
	if pb.started {
		return
	}
	pb.started = true
	pb.room.notices.post(notice{playback: pb, started: true})
}

func (r *Room) takeOut(pb *Playback, why End) {
	if i := slices.Index(r.players, pb); i >= 0 {
		r.players = slices.Delete(r.players, i, i+1)
	}
	if r.circles != nil && !r.parted() {
		r.encircle() // that was the last that was for groups
	}
	pb.end(why)
}

func (pb *Playback) end(why End) {
	pb.ended = true
	pb.room.notices.post(notice{playback: pb, end: why})
}

// desert forgets that anything is played to m.
func (r *Room) desert(m *Member) {
	for i := 0; i < len(r.players); {
		pb := r.players[i]
		if j := slices.Index(pb.to, m); j >= 0 {
			pb.to = slices.Delete(pb.to, j, j+1)
			if len(pb.to) == 0 {
				r.takeOut(pb, Abandoned)
				continue
			}
		}
		i++
	}
}
