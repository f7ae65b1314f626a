package call

// ---- A far end that talks in two of our calls puts the others through to each
// other (attended transfer, RFC 5589 7): one of them moves into the other call, as
// MoveHere moves participants, and the referrer leaves both. A call with an
// application takes somebody in, so that the application stays; another one gives
// whom the referrer talks to away. ----

// LegPutsThrough: the far end of a leg asks that whom it talks to here and in the
// call of its other leg talk to each other.
type LegPutsThrough struct {
	reports
	Leg   LegID
	Other LegID
}

// FetchOther asks another call for whom a referrer talks to there: that gets a
// GiveOther, and when it refuses, this one gets NotPutThrough.
type FetchOther struct {
	asksCall
	Leg   LegID // the referrer's here
	Other LegID // and there
}

// GiveOther asks a call for whom a referrer talks to in it, who stays until the
// other call has taken it in.
type GiveOther struct {
	Repeatable
	Leg LegID // the referrer's here
	To  LegID // and in the other call
}

// TakePlace offers somebody who is to talk in place of a referrer.
type TakePlace struct {
	Repeatable
	Leg LegID // the referrer's here
	Was LegID // of who comes, in the other call
	Who Moved
}

// NotPutThrough: the other call does not give anybody, or this one could not take
// whom it gave.
type NotPutThrough struct {
	reports
	Leg   LegID // the referrer's
	Cause Cause
}

func (c *Call) legPutsThrough(in LegPutsThrough) {
	p := c.participant(in.Leg)
	switch {
	case p == nil || p.State != Joined:
		return
	case p.HandingTo != "", c.placeTaker(in.Leg) != nil, in.Other.Call() == c.state.ID:
		c.ask(TellReferrer{Leg: in.Leg, Cause: Cause{Reason: Busy}})
		return
	case c.liveConnections() > 0:
		c.ask(FetchOther{Leg: in.Leg, Other: in.Other})
		return
	}
	other, err := c.talksTo(in.Leg, in.Other)
	if err != nil {
		c.ask(TellReferrer{Leg: in.Leg, Cause: Cause{Reason: Busy, Detail: err.Error()}})
		return
	}
	c.give(other, in.Other, in.Leg)
}

// giveOther offers whom a referrer talks to to the referrer's other call.
func (c *Call) giveOther(in GiveOther) (Answer, error) {
	if c.Over() {
		return Answer{}, NoCall()
	}
	other, err := c.talksTo(in.Leg, in.To)
	if err != nil {
		return Answer{}, err
	}
	c.give(other, in.To, in.Leg)
	return Answer{}, nil
}

// talksTo is whom a referrer may give to its other call: the only one beside it
// who has a leg.
func (c *Call) talksTo(referrer, to LegID) (*Participant, error) {
	if p := c.participant(referrer); p == nil || p.State != Joined || p.HandingTo != "" {
		return nil, refuse(NotFound, "The referrer is not in the call any more.")
	}
	var other *Participant
	for i := range c.state.Participants {
		p := &c.state.Participants[i]
		switch {
		case p.State != Joined || !p.hasLeg() || p.Leg == referrer:
		case other != nil:
			return nil, refuse(Conflict, "The referrer talks to more than one.")
		default:
			other = p
		}
	}
	if other == nil {
		return nil, refuse(NotFound, "The referrer talks to nobody who could be given to another call.")
	}
	return other, c.mayGo(other, to)
}

// takePlace is the moment at which somebody moves to a referrer's other call.
func (c *Call) takePlace(in TakePlace) (Answer, error) {
	if c.Over() {
		return Answer{}, NoCall()
	}
	referrer := c.participant(in.Leg)
	switch {
	case referrer == nil || referrer.State != Joined:
		return Answer{}, refuse(NotFound, "The referrer is not in the call any more.")
	case referrer.HandingTo != "", c.placeTaker(in.Leg) != nil, c.givesTo(in.Was.Call()):
		return Answer{}, refuse(Conflict, "The call is changing already: nobody is taken in for the referrer.")
	case c.named(in.Who.Address) != nil:
		return Answer{}, refuse(Conflict, "%s is in the call or invited already.", in.Who.Address)
	case len(c.state.Participants) >= participantsMost:
		return Answer{}, refuse(TooBusy, "The call takes no more than %d participants.", participantsMost)
	}
	c.state.Participants = append(c.state.Participants, Participant{Leg: c.nextLeg(), Errand: Errand{Kind: ForReferrer, Leg: in.Leg}})
	c.comeIn(&c.state.Participants[len(c.state.Participants)-1], in.Was, in.Who)
	return Answer{}, nil
}

// givesTo reports whether somebody is being offered to another call: two calls that
// took somebody from each other would only change places.
func (c *Call) givesTo(other ID) bool {
	for _, p := range c.state.Participants {
		if p.HandingTo != "" && p.HandingTo.Call() == other {
			return true
		}
	}
	return false
}

// putThrough: the other call has whom the referrer talked to. The referrer says
// goodbye by itself, or is helped to.
func (c *Call) putThrough(referrer LegID) {
	p := c.participant(referrer)
	if p == nil {
		return
	}
	c.ask(TellReferrer{Leg: referrer, Cause: Cause{Reason: Completed}})
	c.startTimer(Timer{Purpose: ReferrerTimer, Leg: referrer}, referrerTimeout)
	c.ender, c.endCause = p.Address, Cause{Reason: EndedByParticipant}
}

func (c *Call) notPutThrough(in NotPutThrough) {
	if c.participant(in.Leg) != nil {
		c.ask(TellReferrer{Leg: in.Leg, Cause: in.Cause})
	}
}
