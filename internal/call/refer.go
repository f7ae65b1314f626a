package call

import (
	"slices"
	"time"
)

// ---- A far end of ours is referred to a target (RFC 3515): it calls there
// itself. ----

// referTimeout is how long a referred far end may take to reach its target: as
// long as we would ring it, and time to say so.
const referTimeout = 45 * time.Second

// Referral is a transfer that a participant's far end carries out.
type Referral struct {
	For      Recipient
	Target   Address
	Onward   ID   // of the call that is opened if it does not, when others stay here
	Accepted bool // it is on its way
}

// Refer asks a leg's far end to call somebody in place of us. The answer is
// LegNotReferred, or LegReferred and then LegReferralEnded.
type Refer struct {
	asksLeg
	Leg LegID
	To  Address
}

// LegReferred: the far end has agreed to call the target.
type LegReferred struct {
	reports
	Leg LegID
}

// LegNotReferred: the far end does not, or could not be asked to.
type LegNotReferred struct {
	reports
	Leg LegID
}

// LegReferralEnded: the far end has reached the target (Completed), or why not.
type LegReferralEnded struct {
	reports
	Leg   LegID
	Cause Cause
}

// refersTo reports whether a far end is asked to do what a transfer wants. It
// would not show the caller or the headers that the application has chosen.
func refersTo(p Participant, in Transfer) bool {
	return p.TakesRefer && in.CallerID == "" && len(in.Headers) == 0 && len(in.VoIPHeaders) == 0
}

func (c *Call) refer(p *Participant, r Referral) {
	p.Referral = &r
	c.startTimer(Timer{Purpose: ReferTimer, Leg: p.Leg}, referTimeout)
	c.ask(Refer{Leg: p.Leg, To: r.Target})
}

func (c *Call) endReferral(p *Participant) Referral {
	r := *p.Referral
	p.Referral = nil
	c.stopTimers(func(t Timer) bool { return t.Purpose == ReferTimer && t.Leg == p.Leg })
	c.change()
	return r
}

func (c *Call) legReferred(in LegReferred) {
	if p := c.participant(in.Leg); p != nil && p.Referral != nil {
		r := *p.Referral
		r.Accepted = true
		p.Referral = &r
		c.change()
	}
}

// legNotReferred: the target is dialled here instead.
func (c *Call) legNotReferred(in LegNotReferred) {
	p := c.participant(in.Leg)
	if p == nil || p.Referral == nil {
		return
	}
	r := c.endReferral(p)
	if c.named(r.Target) != nil {
		c.tell(CallTransferFailed{r.For, Cause{Reason: Failed, Phone: r.Target.IsPhone()}})
		return
	}
	c.bringTogether(p, r.For, Transfer{Connection: r.For.Connection, Target: r.Target, Onward: r.Onward})
}

func (c *Call) legReferralEnded(in LegReferralEnded) {
	p := c.participant(in.Leg)
	if p == nil || p.Referral == nil {
		return
	}
	if in.Cause.Reason != Completed {
		c.referralFailed(p, in.Cause)
		return
	}
	alone := c.alone(p.Referral.For.Connection)
	r := c.endReferral(p)
	c.handedOn(*p, r)
	c.letGo(*p, EndedByApplication)
	c.gone(in.Leg, Cause{Reason: EndedByApplication})
	if alone {
		c.leave(c.live(r.For.Connection), Cause{Reason: EndedByApplication})
	}
}

func (c *Call) referralFailed(p *Participant, cause Cause) {
	r := c.endReferral(p)
	cause.Phone = r.Target.IsPhone()
	c.tell(CallTransferFailed{r.For, cause})
}

func (c *Call) handedOn(p Participant, r Referral) {
	c.tell(CallTransferAccepted{Recipient: r.For, Target: r.Target, Transferee: p.Address})
}

// leftOnReferral: a far end that has agreed to call the target may say goodbye
// without a word about how that went.
func (c *Call) leftOnReferral(p Participant) {
	r := c.endReferral(&p)
	if r.Accepted {
		c.handedOn(p, r)
		return
	}
	c.tell(CallTransferFailed{r.For, Cause{Reason: ParticipantAbsent, Phone: r.Target.IsPhone()}})
}

// endReferralsOf ends the referrals that a connection has under way.
func (c *Call) endReferralsOf(id ConnectionID, cause Cause) {
	for i := range c.state.Participants {
		if p := &c.state.Participants[i]; p.Referral != nil && p.Referral.For.Connection == id {
			c.referralFailed(p, cause.unfinished())
		}
	}
}

// ---- A far end refers us: whom it talks to is to talk to somebody else. ----

// referrerTimeout is how long a far end that has referred us may stay when its
// target has answered.
const referrerTimeout = 10 * time.Second

// LegRefers: the far end of a leg asks that somebody takes its place, whom it may
// call.
type LegRefers struct {
	reports
	Leg      LegID
	To       Address
	Replaces string // RFC 3891: the dialog at the target that is to be taken over
}

// TellReferrer reports to the far end of a leg how its LegRefers has ended.
type TellReferrer struct {
	asksLeg
	Leg   LegID
	Cause Cause // Completed: the target has answered
}

func (c *Call) legRefers(in LegRefers) {
	p := c.participant(in.Leg)
	switch {
	case p == nil || p.State != Joined:
		return
	case p.HandingTo != "", p.Onward != nil, c.named(in.To) != nil, c.placeTaker(in.Leg) != nil, len(c.state.Participants) >= participantsMost:
		c.ask(TellReferrer{Leg: in.Leg, Cause: Cause{Reason: Busy}})
		return
	}
	c.invite(Participant{Address: in.To, Errand: Errand{Kind: ForReferrer, Leg: in.Leg, Replaces: in.Replaces}},
		caller{from: p.Address, name: p.Name}, ringTimeout)
}

// placeTaker is who is being dialled to take the place of a referrer, or nil.
func (c *Call) placeTaker(referrer LegID) *Participant {
	i := slices.IndexFunc(c.state.Participants, func(p Participant) bool { return p.on(ForReferrer) && p.Errand.Leg == referrer })
	if i < 0 {
		return nil
	}
	return &c.state.Participants[i]
}

// tookPlace: the target of a referrer has answered. The referrer says goodbye by
// itself, or is helped to.
func (c *Call) tookPlace(p Participant) {
	c.tellReferrer(p, Cause{Reason: Completed})
	if referrer := c.participant(p.Errand.Leg); referrer != nil {
		c.startTimer(Timer{Purpose: ReferrerTimer, Leg: referrer.Leg}, referrerTimeout)
	}
}

func (c *Call) tellReferrer(p Participant, cause Cause) {
	if c.participant(p.Errand.Leg) != nil {
		c.ask(TellReferrer{Leg: p.Errand.Leg, Cause: cause})
	}
}

// referrerStayed: it has had its time to say goodbye.
func (c *Call) referrerStayed(leg LegID) {
	if p := c.participant(leg); p != nil {
		c.letGo(*p, EndedByParticipant)
		c.ender, c.endCause = p.Address, Cause{Reason: EndedByParticipant}
		c.gone(leg, Cause{Reason: EndedByParticipant})
	}
}
