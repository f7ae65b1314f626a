package mixer

import (
	"context"
	"fmt"
	"sync"

	"strowger/internal/media"
)

// Room mixes the sound of its members, one frame per Tick.
//
// One lock is held for a tick, so a change waits at most for the tick in
// progress, and a tick for a change of a few pointers.
type Room struct {
	rateHz  int
	samples int // per frame

	mu       sync.Mutex
	members  []*Member
	players  []*Playback
	all      [media.MaxFrameSamples]int32 // what everyone says and what is played to everyone
	mixed    [media.MaxFrameSamples]int16 // all, saturated, for those who add nothing to it
	out      [media.MaxFrameSamples]int16 // one member's own mix
	silence  [media.MaxFrameSamples]int16
	anything bool // whether all holds any sound

	notices notices
}

// NewRoom makes an empty room that mixes at media.Narrowband or media.Wideband.
func NewRoom(sampleRateHz int) *Room {
	if sampleRateHz != media.Narrowband && sampleRateHz != media.Wideband {
		panic(fmt.Sprintf("mixer: no room at %d Hz", sampleRateHz))
	}
	return &Room{rateHz: sampleRateHz, samples: media.FrameSamples(sampleRateHz), notices: newNotices()}
}

// Run delivers the callbacks of players, one at a time and in order, until ctx
// is done. Callbacks may call the room.
func (r *Room) Run(ctx context.Context) error { return r.notices.run(ctx) }

// RateHz is the rate of the room's frames.
func (r *Room) RateHz() int { return r.rateHz }

// String describes the room as the end of a pipeline.
func (r *Room) String() string { return fmt.Sprintf("%d Hz room", r.rateHz) }

// Weight is how many members and players a tick has to serve.
func (r *Room) Weight() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.members) + len(r.players)
}

// Tick moves one frame from every source to every sink.
func (r *Room) Tick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begin()
	for _, m := range r.members {
		r.listen(m)
	}
	r.play()
	r.finish()
	for _, m := range r.members {
		m.sink.WriteFrame(r.mixFor(m))
	}
}

func (r *Room) begin() {
	clear(r.all[:r.samples])
	r.anything = false
}

// listen reads a member's frame, also when nobody will hear it: a jitter
// buffer that is not read would grow old.
func (r *Room) listen(m *Member) {
	m.hasExtra = false
	own := m.own[:r.samples]
	m.heard = m.source.ReadFrame(own) && !m.muted && !m.isolated
	if m.heard {
		r.add(own)
	}
}

func (r *Room) add(frame []int16) {
	accumulate(r.all[:r.samples], frame)
	r.anything = true
}

func (r *Room) finish() {
	if r.anything {
		saturate(r.mixed[:r.samples], r.all[:r.samples])
	}
}

// mixFor is what m hears: everything less itself, plus what is played to it.
// Summing, not averaging: dividing by the number of speakers would make
// everyone quieter each time someone joins.
//
// Members who add nothing and are played nothing share one frame. This is
// where listeners would share one encoder too.
func (r *Room) mixFor(m *Member) []int16 {
	out := r.out[:r.samples]
	switch {
	case m.isolated && m.hasExtra:
		saturate(out, m.extra[:r.samples])
	case m.isolated, !r.anything && !m.hasExtra:
		return r.silence[:r.samples]
	case m.heard && m.hasExtra:
		mixMinusPlus(out, r.all[:r.samples], m.own[:r.samples], m.extra[:r.samples])
	case m.heard:
		mixMinus(out, r.all[:r.samples], m.own[:r.samples])
	case m.hasExtra:
		mixPlus(out, r.all[:r.samples], m.extra[:r.samples])
	default:
		return r.mixed[:r.samples]
	}
	return out
}
