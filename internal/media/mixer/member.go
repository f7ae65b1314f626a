package mixer

import (
	"fmt"
	"slices"

	"strowger/internal/media"
)

// Member is somebody in a room: a source whom the others hear, a sink that
// hears the others, or both. Its fields are the room's.
type Member struct {
	room   *Room
	source media.Source // nil: it only listens
	sink   media.Sink   // nil: it only speaks

	groups   Groups
	hears    *sum // of those whom it shares a group with
	muted    bool
	isolated bool

	in       *edge   // from the source to the room; nil without a source
	out      *edge   // from the room to the sink; nil without a sink
	voiced   bool    // whether the source gave anything in this tick
	own      []int16 // what it says in this tick, at the room's rate
	says     bool    // whether own is anything but silence
	heard    bool    // whether own is part of the room's sum
	extra    []int32 // what is played to it alone; made when first needed
	hasExtra bool
}

// Add lets a source be heard and a sink hear from the next tick on. Either may
// be nil, for a member that only listens or only speaks.
func (r *Room) Add(source media.Source, sink media.Sink) *Member {
	m := &Member{room: r, source: source, sink: sink, groups: DefaultGroup}
	r.mu.Lock()
	defer r.mu.Unlock()
	if source != nil {
		m.in = newEdge(source.SampleRateHz(), r.rateHz)
	}
	if sink != nil {
		m.out = newEdge(r.rateHz, sink.SampleRateHz())
	}
	r.members = append(r.members, m)
	r.encircle()
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
	r.encircle()
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

// String prints the stages that the member's sound goes through.
func (m *Member) String() string {
	m.room.mu.Lock()
	defer m.room.mu.Unlock()
	s := fmt.Sprintf("%d Hz room", m.room.rateHz)
	if m.in != nil {
		s = stage(m.source) + m.in.String() + " → " + s
	}
	if m.out != nil {
		s += m.out.String() + " → " + stage(m.sink)
	}
	return s
}

// stage prints the end of a pipeline, or its type: its fields may be in use.
func stage(end any) string {
	if s, ok := end.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", end)
}

// read takes a frame from the source, also when nobody will hear it: a jitter
// buffer that is not read would grow old.
func (m *Member) read() {
	if m.in != nil {
		m.in = m.in.from(m.source.SampleRateHz())
		m.voiced = m.source.ReadFrame(m.in.next())
	}
}

// fastest is the highest rate that m speaks or hears. Who only speaks, as an application
// on a stream, is heard at whatever rate the others hear at.
func (m *Member) fastest() (hz int) {
	if m.out == nil {
		return 0
	}
	if m.in != nil {
		hz = m.in.fromHz
	}
	return max(hz, m.out.toHz)
}

// turn makes m's edges lead to and from another rate of the room.
func (m *Member) turn(rateHz int) {
	if m.in != nil {
		m.in = m.in.turned(rateHz)
	}
	if m.out != nil {
		m.out = newEdge(rateHz, m.out.toHz)
	}
}
