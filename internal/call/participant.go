package call

import (
	"fmt"
	"slices"
	"time"
)

// RosterEntry is a participant as applications see it.
type RosterEntry struct {
	Address Address
	Muted   bool
	OnHold  bool
	Leg     LegID
	Seat    ConnectionID // of an application that nobody called, in place of a leg
}

// ParticipantID is the participantId.
func (e RosterEntry) ParticipantID() string {
	if e.Seat != "" {
		return e.Seat.participantID()
	}
	return e.Leg.ParticipantID()
}

// String is the entry as stories show it.
func (e RosterEntry) String() string {
	if e.Seat != "" {
		return fmt.Sprintf("{%s seat %s}", e.Address, e.Seat)
	}
	return fmt.Sprintf("{%s %t %t %s}", e.Address, e.Muted, e.OnHold, e.Leg)
}

// ParticipantsUpdated carries the whole roster; Sequence rises within a connection.
type ParticipantsUpdated struct {
	Recipient
	Sequence     int
	Participants []RosterEntry
}

// CallParticipantAdded: a user joined.
type CallParticipantAdded struct {
	Subject
	User Address
	Name string
	Leg  LegID
}

// CallParticipantRemoved: a user left.
type CallParticipantRemoved struct {
	Subject
	User Address
	Name string
	Leg  LegID
}

// hasLeg reports whether the participant is reached over a leg. An application
// that answered as a user is not: it has a seat.
func (p Participant) hasLeg() bool { return p.Seat == "" }

// participant finds who is reached over a leg.
func (c *Call) participant(leg LegID) *Participant {
	if i := c.indexOf(leg); i >= 0 {
		return &c.state.Participants[i]
	}
	return nil
}

func (c *Call) indexOf(leg LegID) int {
	return slices.IndexFunc(c.state.Participants, func(p Participant) bool { return p.Leg == leg })
}

// snapshot is a copy of the list of participants to range over while it changes.
func (c *Call) snapshot() []Participant {
	return slices.Clone(c.state.Participants)
}

// named finds a participant by address: one in the conversation rather than
// one on the way to it.
func (c *Call) named(a Address) *Participant {
	var found *Participant
	for i := range c.state.Participants {
		p := &c.state.Participants[i]
		if p.Address == a && (found == nil || p.State == Joined) {
			found = p
		}
	}
	return found
}

// waitingCaller is the caller whose call nobody has taken yet.
func (c *Call) waitingCaller() *Participant {
	for i := range c.state.Participants {
		if p := &c.state.Participants[i]; p.State == Calling {
			return p
		}
	}
	return nil
}

// caller is who somebody that we dial is called by.
type caller struct {
	from    Address
	name    string
	headers map[string]string
	voip    map[string]string
}

// invite dials a participant and rings it for a time.
func (c *Call) invite(p Participant, by caller, ring time.Duration) LegID {
	p.Leg, p.State, p.Began = c.nextLeg(), Invited, c.now
	p.From, p.FromName = by.from, by.name
	c.startTimer(Timer{Purpose: RingTimer, Leg: p.Leg}, ring)
	c.state.Participants = append(c.state.Participants, p)
	c.ask(Dial{Leg: p.Leg, To: p.Address, From: by.from, FromName: by.name, Headers: by.headers, VoIPHeaders: by.voip, Replaces: p.Errand.Replaces})
	return p.Leg
}

// letGo ends a participant's leg. What is said of it is enough for a process
// that does not know the leg.
func (c *Call) letGo(p Participant, why Reason) {
	if p.State == Moving {
		return // its leg is another call's
	}
	if p.HandingTo != "" && !why.ofServer() {
		c.leaveToOther(p, why)
		return
	}
	e := HangUp{Leg: p.Leg, Dialog: p.Dialog, Reason: why}
	if p.State == Invited {
		e.Dialled = Dial{Leg: p.Leg, To: p.Address, From: p.From, FromName: p.FromName, Headers: p.SIPHeaders, VoIPHeaders: p.VoIPHeaders, Replaces: p.Errand.Replaces}
		if i := slices.IndexFunc(c.state.Participants, func(p Participant) bool { return p.Errand.Kind == Caller }); i >= 0 && p.on(ForCaller) {
			e.Dialled.Headers, e.Dialled.VoIPHeaders = c.state.Participants[i].SIPHeaders, c.state.Participants[i].VoIPHeaders
		}
	}
	c.ask(e)
}

func (c *Call) nextLeg() LegID {
	c.state.LastLeg++
	return NewLegID(c.state.ID, c.state.LastLeg)
}

func (c *Call) ringingTimedOut(leg LegID) {
	if p := c.participant(leg); p != nil {
		c.letGo(*p, NoAnswer)
	}
	c.gone(leg, Cause{Reason: NoAnswer})
}

// joined brings a participant into the conversation.
func (c *Call) joined(p *Participant) {
	if p.hasLeg() {
		c.ask(Join{Leg: p.Leg, Address: p.Address})
	}
	c.arrive(p)
}

// arrive is what follows when a participant has come into the conversation,
// from wherever.
func (c *Call) arrive(p *Participant) {
	p.State, p.Answered = Joined, c.now
	if p.Errand.Kind != Caller {
		p.VoIPHeaders = nil // nobody is dialled with them any more
	}
	c.stopRinging(p.Leg)
	c.rosterChanged = true
	leg := p.Leg
	c.arrived(*p)
	if c.state.Published {
		c.publishAdded(*p)
	}
	c.started()
	c.detectMachine(leg)
}

// gone takes a participant out of the call and ends what depended on it. Its
// leg is over or has been asked to end.
func (c *Call) gone(leg LegID, cause Cause) {
	p, ok := c.forget(leg, cause)
	if !ok {
		return
	}
	switch p.State {
	case Joined:
		c.left(p)
	case Calling, Answering:
		c.callerGone(p, cause)
	case Invited, Moving:
		c.notReached(p, cause)
	}
}

// forget takes a participant off the list without telling anybody.
func (c *Call) forget(leg LegID, cause Cause) (Participant, bool) {
	p, ok := c.takeOff(leg)
	if ok {
		c.usedLeg(p, cause)
	}
	return p, ok
}

// takeOff takes a participant off the list, whose leg may go on.
func (c *Call) takeOff(leg LegID) (Participant, bool) {
	i := c.indexOf(leg)
	if i < 0 {
		return Participant{}, false
	}
	c.change()
	p := c.state.Participants[i]
	c.state.Participants = slices.Concat(c.state.Participants[:i], c.state.Participants[i+1:])
	c.stopTimersOf(leg)
	c.closeIncoming(leg)
	return p, true
}

// left tells everyone that somebody who was in the conversation is not any more.
func (c *Call) left(p Participant) {
	if p.hasLeg() {
		c.ask(Leave{Leg: p.Leg})
	}
	c.endDetection(&p, EndedByLeaving)
	c.endMediaFor(p.Leg)
	c.leaveGroups(p.Leg)
	c.endTransferOf(p)
	c.rosterChanged = true
	c.publishRemoved(p)
}

// publishAdded and publishRemoved tell subscribers of users; numbers are not published.
func (c *Call) publishAdded(p Participant) {
	if p.Address.IsUser() {
		c.tell(CallParticipantAdded{Subject: c.subject(), User: p.Address, Name: p.Name, Leg: p.Leg})
	}
}

func (c *Call) publishRemoved(p Participant) {
	if p.Address.IsUser() && c.state.Published {
		c.tell(CallParticipantRemoved{Subject: c.subject(), User: p.Address, Name: p.Name, Leg: p.Leg})
	}
}

// tellRoster tells every connected application that hears of it who is in the
// call, when that has changed, and those that have just taken their seats in any case.
func (c *Call) tellRoster() {
	for i := range c.state.Connections {
		conn := &c.state.Connections[i]
		news := c.rosterChanged || conn.App.Hears.Seats && c.seatsChanged || slices.Contains(c.newcomers, conn.ID)
		if conn.State != Connected || conn.App.Hears.NoRoster || !news {
			continue
		}
		conn.RosterSequence++
		r := conn.recipient()
		r.Context = "" // a roster belongs to no operation
		c.tell(ParticipantsUpdated{Recipient: r, Sequence: conn.RosterSequence, Participants: c.state.rosterFor(conn.App)})
	}
}

// Roster is who is in the conversation, in the order of joining the list. An
// application's own seat is in it only when it was called as a user.
func (s State) Roster() []RosterEntry {
	roster := []RosterEntry{}
	for _, p := range s.Participants {
		if p.State == Joined {
			roster = append(roster, RosterEntry{Address: p.Address, Muted: p.Muted, OnHold: p.OnHold(), Leg: p.Leg})
		}
	}
	return roster
}

// WholeRoster is the roster with the seats of applications that have an identity, behind
// the people.
func (s State) WholeRoster() []RosterEntry {
	roster := s.Roster()
	for _, conn := range s.Connections {
		who := conn.identity()
		called := slices.ContainsFunc(s.Participants, func(p Participant) bool { return p.Seat == conn.ID })
		if conn.State == Connected && who != "" && !called {
			roster = append(roster, RosterEntry{Address: who, Seat: conn.ID})
		}
	}
	return roster
}

func (s State) rosterFor(app Application) []RosterEntry {
	if app.Hears.Seats {
		return s.WholeRoster()
	}
	return s.Roster()
}

// RosterPage is a part of the roster: at most so many of those whose leg comes
// after one, by its number, in the order of legs. More reports the number that the
// next page begins after, or 0 when nobody follows. Legs are never numbered again,
// so whoever stays is on one page however many come and go between two of them.
func (s State) RosterPage(after, most int) (page []RosterEntry, more int) {
	var rest []Participant
	for _, p := range s.Participants {
		if p.State == Joined && p.Leg.Number() > after {
			rest = append(rest, p)
		}
	}
	slices.SortFunc(rest, func(a, b Participant) int { return a.Leg.Number() - b.Leg.Number() })
	if len(rest) > most {
		rest = rest[:most]
		more = rest[most-1].Leg.Number()
	}
	return State{Participants: rest}.Roster(), more
}
