package call

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// ---- Audio groups: who hears whom. Everybody is in the default group, in which
// everybody hears everybody, until an application takes them out of it. An audio
// group is a further circle of people who hear one another. Two who share several
// groups hear each other once (decision 014). ----

// audioGroupsMost bounds the audio groups of a call.
const audioGroupsMost = 16

// AudioGroup is a circle of people whom an application lets hear one another, and
// who hear what it plays to the call.
type AudioGroup struct {
	ID         AudioGroupID
	Connection ConnectionID // whose it is, and with which it ends
	Mode       AudioMode
	Number     int     // from 1: which of the call's Groups it is; the lowest that is free
	Legs       []LegID // in the order in which they were named; whoever leaves the call leaves it
}

// AudioGroupID names an audio group: a lower-case GUID.
type AudioGroupID string

// AudioMode is the published audioRoutingMode: how many an audio group has room for.
type AudioMode string

const (
	OneToOne  AudioMode = "one-to-one" // one, with the application alone, or two
	Multicast AudioMode = "multicast"  // any number
)

// Groups is a set of a call's groups: DefaultGroup, and 1<<n for the audio group of
// number n.
type Groups uint32

// DefaultGroup is the group that everybody is in at first.
const DefaultGroup Groups = 1

func (g Groups) String() string {
	var names []string
	for rest := g; rest != 0; rest &= rest - 1 {
		if n := bits.TrailingZeros32(uint32(rest)); n > 0 {
			names = append(names, fmt.Sprint(n))
			continue
		}
		names = append(names, "default")
	}
	return "{" + strings.Join(names, " ") + "}"
}

// CreateAudioGroup makes an audio group. Answer: AudioGroup.
type CreateAudioGroup struct {
	Repeatable
	Connection ConnectionID
	Group      AudioGroupID
	Mode       AudioMode
	Targets    []Address
}

// UpdateAudioGroup says who is in an audio group from now on.
type UpdateAudioGroup struct {
	Repeatable
	Connection ConnectionID
	Group      AudioGroupID
	Targets    []Address
}

// DeleteAudioGroup ends an audio group.
type DeleteAudioGroup struct {
	Repeatable
	Connection ConnectionID
	Group      AudioGroupID
}

// LeaveDefaultGroup takes a participant out of the default group: it hears and is
// heard in its audio groups alone, and is on hold while it is in none.
type LeaveDefaultGroup struct {
	Repeatable
	Connection  ConnectionID
	Participant Address
}

// JoinDefaultGroup brings a participant back, whoever took it out. One that is there
// stays as it is.
type JoinDefaultGroup struct {
	Repeatable
	Connection  ConnectionID
	Participant Address
}

// Regroup says which groups a leg is in: it hears whom it shares one with. A leg
// that joins is in the default group.
type Regroup struct {
	asksSound
	Leg    LegID
	Groups Groups
}

// RegroupPlayer says which groups hear a player from now on.
type RegroupPlayer struct {
	asksSound
	Operation OperationID
	Groups    Groups // 0: the default group
}

// AudioGroup is one of a connection's audio groups, with the addresses of who is in
// it.
func (s State) AudioGroup(id ConnectionID, group AudioGroupID) (mode AudioMode, targets []Address, ok bool) {
	g := audioGroup(s.AudioGroups, id, group)
	if g == nil {
		return "", nil, false
	}
	for _, leg := range g.Legs {
		i := slices.IndexFunc(s.Participants, func(p Participant) bool { return p.Leg == leg })
		targets = append(targets, s.Participants[i].Address)
	}
	return g.Mode, targets, true
}

func audioGroup(all []AudioGroup, id ConnectionID, group AudioGroupID) *AudioGroup {
	i := slices.IndexFunc(all, func(g AudioGroup) bool { return g.Connection == id && g.ID == group })
	if i < 0 {
		return nil
	}
	return &all[i]
}

func (c *Call) createAudioGroup(in CreateAudioGroup) (Answer, error) {
	if _, err := c.connectedOne(in.Connection); err != nil {
		return Answer{}, err
	}
	legs, err := c.circle(in.Mode, in.Targets)
	if err != nil {
		return Answer{}, err
	}
	if len(c.state.AudioGroups) >= audioGroupsMost {
		return Answer{}, refuse(TooBusy, "The call has %d audio groups and takes no more.", audioGroupsMost)
	}
	if audioGroup(c.state.AudioGroups, in.Connection, in.Group) != nil {
		return Answer{}, &Error{Kind: Conflict, Part: PartAudioGroup, Reason: "is an audio group already."}
	}
	c.state.AudioGroups = append(slices.Clip(c.state.AudioGroups), AudioGroup{
		ID: in.Group, Connection: in.Connection, Mode: in.Mode, Number: c.freeGroup(), Legs: legs,
	})
	c.regroup(legs)
	c.regroupPlayers(in.Connection)
	return Answer{AudioGroup: in.Group}, nil
}

func (c *Call) updateAudioGroup(in UpdateAudioGroup) (Answer, error) {
	g, err := c.groupOf(in.Connection, in.Group)
	if err != nil {
		return Answer{}, err
	}
	legs, err := c.circle(g.Mode, in.Targets)
	if err != nil {
		return Answer{}, err
	}
	was := g.Legs
	g.Legs = legs
	c.change()
	c.regroup(was)
	c.regroup(slices.DeleteFunc(slices.Clone(legs), func(leg LegID) bool { return slices.Contains(was, leg) }))
	return Answer{}, nil
}

func (c *Call) deleteAudioGroup(in DeleteAudioGroup) (Answer, error) {
	g, err := c.groupOf(in.Connection, in.Group)
	if err != nil {
		return Answer{}, err
	}
	legs := g.Legs
	c.dropGroups(func(g AudioGroup) bool { return g.Connection == in.Connection && g.ID == in.Group })
	c.regroup(legs)
	c.regroupPlayers(in.Connection)
	return Answer{}, nil
}

// groupOf finds an audio group of a connection.
func (c *Call) groupOf(id ConnectionID, group AudioGroupID) (*AudioGroup, error) {
	if _, err := c.connectedOne(id); err != nil {
		return nil, err
	}
	g := audioGroup(c.state.AudioGroups, id, group)
	if g == nil {
		return nil, &Error{Kind: NotFound, Part: PartAudioGroup, Reason: "there is no such audio group."}
	}
	return g, nil
}

// circle finds the legs of those who are to be in an audio group.
func (c *Call) circle(mode AudioMode, targets []Address) ([]LegID, error) {
	most := participantsMost
	if mode == OneToOne {
		most = 2
	}
	if len(targets) == 0 || len(targets) > most {
		return nil, &Error{Kind: Invalid, Part: PartTargets, Reason: fmt.Sprintf("an audio group of this mode has 1 to %d targets.", most)}
	}
	if err := distinct(PartTargets, targets); err != nil {
		return nil, err
	}
	return c.hearers(PartTargets, targets)
}

// freeGroup is the lowest number that no audio group has.
func (c *Call) freeGroup() int {
	n := 1
	for slices.ContainsFunc(c.state.AudioGroups, func(g AudioGroup) bool { return g.Number == n }) {
		n++
	}
	return n
}

func (c *Call) dropGroups(those func(AudioGroup) bool) {
	c.state.AudioGroups = slices.DeleteFunc(slices.Clone(c.state.AudioGroups), those)
	c.change()
}

func (c *Call) leaveDefaultGroup(in LeaveDefaultGroup) (Answer, error) {
	return c.setApart(in.Connection, in.Participant, in.Connection)
}

func (c *Call) joinDefaultGroup(in JoinDefaultGroup) (Answer, error) {
	return c.setApart(in.Connection, in.Participant, "")
}

// setApart takes a participant out of the default group for a connection or, when by
// is empty, back into it.
func (c *Call) setApart(id ConnectionID, who Address, by ConnectionID) (Answer, error) {
	if _, err := c.connectedOne(id); err != nil {
		return Answer{}, err
	}
	legs, err := c.hearers(PartParticipant, []Address{who})
	if err != nil {
		return Answer{}, err
	}
	if p := c.participant(legs[0]); (p.Apart == "") != (by == "") {
		p.Apart = by
		c.regroup(legs)
	}
	return Answer{}, nil
}

// groups is which groups a participant is in.
func (c *Call) groups(p *Participant) Groups {
	in := DefaultGroup
	if p.Apart != "" {
		in = 0
	}
	for _, g := range c.state.AudioGroups {
		if slices.Contains(g.Legs, p.Leg) {
			in |= 1 << g.Number
		}
	}
	return in
}

// regroup settles what is heard on legs whose groups have changed. Whoever is in
// none is on hold.
func (c *Call) regroup(legs []LegID) {
	for _, leg := range legs {
		p := c.participant(leg)
		if p == nil {
			continue
		}
		in := c.groups(p)
		c.ask(Regroup{Leg: leg, Groups: in})
		holds := slices.DeleteFunc(slices.Clone(p.Holds), func(h Hold) bool { return h.Reason == HeldApart })
		if in == 0 {
			holds = append(holds, Hold{Reason: HeldApart})
		}
		c.setHolds(p, holds)
	}
}

// groupsPlayedTo is who hears what a connection plays to the call: while it has audio
// groups, those; 0 is everybody in the default group.
func (c *Call) groupsPlayedTo(id ConnectionID) (all Groups) {
	for _, g := range c.state.AudioGroups {
		if g.Connection == id {
			all |= 1 << g.Number
		}
	}
	return all
}

// regroupPlayers settles who hears what a connection plays to the call at the moment.
func (c *Call) regroupPlayers(id ConnectionID) {
	for _, op := range c.state.Media {
		if op.Playing && len(op.To) == 0 && op.Recipient.Connection == id {
			c.ask(RegroupPlayer{Operation: op.ID, Groups: c.groupsPlayedTo(id)})
		}
	}
}

// leaveGroups takes whoever has left the call out of its audio groups.
func (c *Call) leaveGroups(leg LegID) {
	for i := range c.state.AudioGroups {
		g := &c.state.AudioGroups[i]
		g.Legs = slices.DeleteFunc(slices.Clone(g.Legs), func(l LegID) bool { return l == leg })
	}
}

// endGroupsOf ends what a connection has arranged: its audio groups, and who is not
// in the default group on its account.
func (c *Call) endGroupsOf(id ConnectionID) {
	var legs []LegID
	for i := range c.state.Participants {
		p := &c.state.Participants[i]
		if p.Apart == id || c.groups(p)&c.groupsPlayedTo(id) != 0 {
			legs = append(legs, p.Leg)
		}
		if p.Apart == id {
			p.Apart = ""
		}
	}
	c.dropGroups(func(g AudioGroup) bool { return g.Connection == id })
	c.regroup(legs)
}
