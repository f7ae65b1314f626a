package mixer

import (
	"context"
	"sync"

	"strowger/internal/media"
)

// Room mixes the sound of its members, one frame per Tick.
//
// It mixes at the lowest rate that serves its members and changes over from one
// rate to another between two ticks, when somebody comes who has more to say or
// to hear, and when the last of them has left.
//
// One lock is held for a tick, so a change waits at most for the tick in
// progress, and a tick for a change of a few pointers.
type Room struct {
	mu       sync.Mutex
	rateHz   int // at which it mixes now
	samples  int // per frame
	members  []*Member
	players  []*Playback
	everyone sum                          // what all say and what is played to everyone, whatever their groups
	circles  []*circle                    // of a room in which not all are in the default group alone
	played   [media.MaxFrameSamples]int32 // what is played to everyone, while there are taps
	plays    bool                         // whether played holds any sound
	taps     []*Tap
	tick     uint64 // the one in progress, or the last

	notices notices
}

// silence is a frame at any rate.
var silence [media.MaxFrameSamples]int16

// NewRoom makes an empty room.
func NewRoom() *Room {
	r := &Room{notices: newNotices()}
	r.setRate(media.Narrowband)
	return r
}

func (r *Room) setRate(hz int) { r.rateHz, r.samples = hz, media.FrameSamples(hz) }

// Run delivers the callbacks of players, one at a time and in order, until ctx
// is done. Callbacks may call the room.
func (r *Room) Run(ctx context.Context) error { return r.notices.run(ctx) }

// RateHz is the lowest rate that serves the members who are in the room now. The
// room mixes at it from its second tick with them on.
func (r *Room) RateHz() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.serving()
}

// serving is the lowest rate that serves all members.
func (r *Room) serving() int {
	for _, m := range r.members {
		if m.fastest() > media.Narrowband {
			return media.Wideband
		}
	}
	return media.Narrowband
}

// Weight is how many members and players a tick has to serve.
func (r *Room) Weight() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.members) + len(r.players)
}

// Skip counts ticks that the clock left out: whoever reads a tap sees the gap.
func (r *Room) Skip(ticks int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tick += uint64(ticks)
}

// Tick moves one frame from every source to every sink.
func (r *Room) Tick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tick++
	for _, m := range r.members {
		m.read()
	}
	for _, pb := range r.players {
		pb.read()
	}
	r.mix()
	for _, m := range r.members {
		r.write(m)
	}
	for _, pb := range r.players {
		pb.count()
	}
	for _, t := range r.taps {
		t.hear(r)
	}
	if hz := r.serving(); hz != r.rateHz {
		r.changeOver(hz)
	}
	r.retire()
}

// mix sums what was read.
func (r *Room) mix() {
	r.everyone.clear(r.samples)
	r.plays = false
	for _, m := range r.members {
		r.listen(m)
	}
	for _, pb := range r.players {
		r.play(pb)
	}
	r.everyone.saturate(r.samples)
	r.round()
}

func (r *Room) listen(m *Member) {
	m.hasExtra, m.says, m.heard = false, false, false
	if m.in == nil {
		return
	}
	m.own, m.says = m.in.pass(m.voiced)
	m.heard = m.says && !m.muted && !m.isolated && m.groups != 0
	if m.heard {
		r.everyone.add(m.own)
	}
}

// write gives m what it hears.
func (r *Room) write(m *Member) {
	if m.out == nil {
		return
	}
	m.out = m.out.to(m.sink.SampleRateHz())
	frame, sounds := m.out.pass(r.mixFor(m, m.out.next()))
	if !sounds {
		frame = silence[:media.FrameSamples(m.out.toHz)]
	}
	m.sink.WriteFrame(frame)
}

// mixFor fills dst with what m hears, everything in its groups less itself, plus what
// is played to it. It reports whether there is anything to hear; if not, dst means
// nothing. Summing, not averaging: dividing by the number of speakers would make
// everyone quieter each time someone joins.
//
// Members who add nothing and are played nothing hear the same. This is where
// listeners would share one encoder too.
func (r *Room) mixFor(m *Member, dst []int16) bool {
	switch {
	case m.isolated && m.hasExtra:
		saturate(dst, m.extra[:r.samples])
	case m.isolated, !m.hears.anything && !m.hasExtra:
		return false
	case m.heard && m.hasExtra:
		mixMinusPlus(dst, m.hears.all[:r.samples], m.own, m.extra[:r.samples])
	case m.heard:
		mixMinus(dst, m.hears.all[:r.samples], m.own)
	case m.hasExtra:
		mixPlus(dst, m.hears.all[:r.samples], m.extra[:r.samples])
	default:
		copy(dst, m.hears.mixed[:r.samples])
	}
	return true
}

// changeOver makes the room mix at another rate from the next tick on. All
// streams get new edges, which have to know what was heard before: so this tick
// is mixed a second time, at the new rate and for nobody.
func (r *Room) changeOver(rateHz int) {
	r.setRate(rateHz)
	for _, m := range r.members {
		m.turn(rateHz)
	}
	for _, pb := range r.players {
		pb.in = pb.in.turned(rateHz)
	}
	r.mix()
	for _, m := range r.members {
		if m.out != nil {
			m.out.pass(r.mixFor(m, m.out.next()))
		}
	}
}
