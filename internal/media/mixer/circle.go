package mixer

import (
	"slices"

	"strowger/internal/media"
)

// Groups is a set of groups of a room's members. Two members who share one hear each
// other, once however many they share.
type Groups uint32

// DefaultGroup is the group that everybody is in at first, and all that is played to
// everyone.
const DefaultGroup Groups = 1

// sum is what sounds together.
type sum struct {
	all      [media.MaxFrameSamples]int32
	mixed    [media.MaxFrameSamples]int16 // all, saturated, for those who add nothing to it
	anything bool                         // whether all holds any sound
}

func (s *sum) clear(samples int) {
	clear(s.all[:samples])
	s.anything = false
}

func (s *sum) add(frame []int16) {
	accumulate(s.all[:len(frame)], frame)
	s.anything = true
}

func (s *sum) saturate(samples int) {
	if s.anything {
		saturate(s.mixed[:samples], s.all[:samples])
	}
}

// circle is what those hear who are in the same groups.
type circle struct {
	sum
	groups Groups
}

// SetGroups says which groups m is in. In none it hears only what is played to it by
// name, and is not heard.
func (m *Member) SetGroups(g Groups) {
	m.room.mu.Lock()
	defer m.room.mu.Unlock()
	m.groups = g
	m.room.encircle()
}

// SetGroups says which groups hear a playback that is for no member by name; 0 is the
// default group.
func (pb *Playback) SetGroups(g Groups) {
	pb.room.mu.Lock()
	defer pb.room.mu.Unlock()
	pb.setGroups(g)
	pb.room.encircle()
}

func (pb *Playback) setGroups(g Groups) {
	if pb.groups = g; g == 0 {
		pb.groups = DefaultGroup
	}
}

// encircle gives each member the sum that it hears. While all are in the default group
// and no other, that is the room's own, and nothing is allocated.
func (r *Room) encircle() {
	r.circles = nil
	for _, m := range r.members {
		m.hears = &r.everyone
	}
	if !r.parted() {
		return
	}
	for _, m := range r.members {
		m.hears = &r.circle(m.groups).sum
	}
}

// parted reports whether not all is said and played in the default group alone.
func (r *Room) parted() bool {
	return slices.ContainsFunc(r.members, func(m *Member) bool { return m.groups != DefaultGroup }) ||
		slices.ContainsFunc(r.players, func(pb *Playback) bool { return pb.toAll && pb.groups != DefaultGroup })
}

// circle finds the circle of a set of groups, or makes it.
func (r *Room) circle(g Groups) *circle {
	for _, c := range r.circles {
		if c.groups == g {
			return c
		}
	}
	c := &circle{groups: g}
	r.circles = append(r.circles, c)
	return c
}

// round sums what each circle hears.
func (r *Room) round() {
	for _, c := range r.circles {
		c.clear(r.samples)
		for _, m := range r.members {
			if m.heard && m.groups&c.groups != 0 {
				c.add(m.own)
			}
		}
		for _, pb := range r.players {
			if pb.toAll && pb.sounds && pb.groups&c.groups != 0 {
				c.add(pb.due)
			}
		}
		c.saturate(r.samples)
	}
}
