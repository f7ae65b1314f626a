package mixer

import (
	"slices"

	"strowger/internal/media"
)

// Member is one source and one sink in a room. Its fields are the room's.
type Member struct {
	room   *Room
	source media.Source
	sink   media.Sink

	muted    bool
	isolated bool

	own      [media.MaxFrameSamples]int16 // what it says in this tick
	heard    bool                         // whether own is part of the room's sum
	extra    []int32                      // what is played to it alone; made when first needed
	hasExtra bool
}

// Add lets a source be heard and a sink hear from the next tick on.
func (r *Room) Add(source media.Source, sink media.Sink) *Member {
	m := &Member{room: r, source: source, sink: sink}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = append(r.members, m)
	return m
}

// Remove takes m out of the room. When it returns, neither m's source nor its
// sink is called any more. What is played to nobody else ends.
func (r *Room) Remove(m *Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.Index(r.members, m); i >= 0 {
		r.members = slices.Delete(r.members, i, i+1)
	}
	r.desert(m)
}

// SetMuted decides whether the others hear m.
func (m *Member) SetMuted(muted bool) {
	m.room.mu.Lock()
	defer m.room.mu.Unlock()
	m.muted = muted
}

// SetIsolated takes m out of the conversation or back into it: an isolated
// member hears only what is played to it by name, and is not heard.
func (m *Member) SetIsolated(isolated bool) {
	m.room.mu.Lock()
	defer m.room.mu.Unlock()
	m.isolated = isolated
}
