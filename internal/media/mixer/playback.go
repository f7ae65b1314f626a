package mixer

import (
	"slices"

	"strowger/internal/media"
)

// A Player is a source that ends: ReadFrame returns false when there is
// nothing left, and is not called again.
type Player interface {
	ReadFrame(dst []int16) (playing bool)
}

// End tells why a playback ended.
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
	Player Player
	To     []*Member // nil: everyone who is or comes, except the isolated
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
	started bool
	ended   bool
	frame   [media.MaxFrameSamples]int16
}

// Play starts playing with the next tick. Several plays at once are summed.
func (r *Room) Play(p Play) *Playback {
	pb := &Playback{room: r, play: p, toAll: p.To == nil}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range p.To {
		if !slices.Contains(r.members, m) {
			continue
		}
		pb.to = append(pb.to, m)
		if m.extra == nil {
			m.extra = make([]int32, r.samples)
		}
	}
	if !pb.toAll && len(pb.to) == 0 {
		pb.end(Abandoned)
		return pb
	}
	r.players = append(r.players, pb)
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

// play reads one frame of every player. Players that end are taken out here,
// in place, as a tick must not allocate.
func (r *Room) play() {
	for i := 0; i < len(r.players); {
		pb := r.players[i]
		if !pb.play.Player.ReadFrame(pb.frame[:r.samples]) {
			r.takeOut(pb, Finished)
			continue
		}
		pb.start()
		r.deliver(pb)
		i++
	}
}

func (r *Room) deliver(pb *Playback) {
	frame := pb.frame[:r.samples]
	if pb.toAll {
		r.add(frame)
		return
	}
	for _, m := range pb.to {
		if !m.hasExtra {
			clear(m.extra)
			m.hasExtra = true
		}
		accumulate(m.extra, frame)
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
