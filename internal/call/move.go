package call

import (
	"slices"
	"time"
)

// A participant moves from an earlier call to a new one in three steps, each
// stored in the journal of the call that takes it:
//
//	new      MoveHere   the participant is Moving; the earlier call is asked for it
//	earlier  HandOver   it stays, and is offered to the new call
//	new      TakeIn     it has moved
//
// The last one decides: before it is stored the participant is in the earlier call
// and nowhere else, and from then on in the new one. The earlier call is told what
// came of it, HandedOver or Kept. Whatever stops in between, each call tells its
// own applications what is so (decision 010).

// MoveHere moves participants into this call out of another one that the
// application has a seat in. Answer: Participants, From, Context.
type MoveHere struct {
	Repeatable
	Connection   ConnectionID
	Operation    Operation
	Participants []Address
	From         ConnectionID // its seat in the earlier call
}

// MoveParticipantSucceeded: the participant has moved here.
type MoveParticipantSucceeded struct {
	Recipient
	Participant Address
	From        ConnectionID
}

// MoveParticipantFailed: the participant is not here. If it was in the earlier
// call, it still is.
type MoveParticipantFailed struct {
	Recipient
	Participant Address
	From        ConnectionID
	Cause       Cause
}

// CallEffect is for another call, which gets it as a command.
type CallEffect interface {
	Effect
	other()
}

// asksCall marks a type as an effect on another call.
type asksCall struct{}

func (asksCall) effect() {}
func (asksCall) other()  {}

// Fetch asks the earlier call to hand a participant over: that gets a HandOver, and
// when it refuses, this one gets NotMoved.
type Fetch struct {
	asksCall
	Leg         LegID // of the participant here
	From        ConnectionID
	Participant Address
}

// HandOver asks the earlier call for a participant, which stays until the new one
// has taken it in.
type HandOver struct {
	Repeatable
	Connection  ConnectionID // the application's seat
	Participant Address
	To          LegID // of the participant in the new call
}

// Give offers a participant to the new call: that gets a TakeIn, and this one hears
// whether it took the participant: HandedOver or Kept. When it did not, it gets
// NotMoved.
//
// Whoever is put through is offered as a TakePlace, and what came of it is told the
// referrer's two calls: NotPutThrough where it would be NotMoved.
type Give struct {
	asksCall
	Leg      LegID // of the participant here
	To       LegID // of the participant in the new call; of who is put through, the referrer's there
	Referrer LegID // who puts the participant through; empty: nobody does
	Who      Moved
}

// Moved is what the new call has to know of who comes.
type Moved struct {
	Address    Address
	Name       string
	Dialog     *Dialog
	TakesRefer bool
	Trunk      string
}

// TakeIn is the offer of a participant that the new call has asked for.
type TakeIn struct {
	Repeatable
	Leg LegID // of the participant here
	Was LegID // in the earlier call
	Who Moved
}

// HandedOver: the new call has taken the participant in.
type HandedOver struct {
	reports
	Leg      LegID
	Referrer LegID // as in Give
}

// Kept: the new call does not take the participant.
type Kept struct {
	reports
	Leg      LegID
	Referrer LegID // as in Give
	Cause    Cause // why, for the referrer
}

// NotMoved: the earlier call does not hand the participant over, or could not be
// asked, or this one could not take it.
type NotMoved struct {
	reports
	Leg   LegID
	Cause Cause
}

// Readdress gives a leg of another call an id of this one: what happens on it
// is for this call from now on. A leg that is over is reported as ended.
type Readdress struct {
	asksLeg
	Leg LegID
	Was LegID
}

func (c *Call) moveHere(in MoveHere) (Answer, error) {
	if _, err := c.connectedOne(in.Connection); err != nil {
		return Answer{}, err
	}
	to, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	if err := c.canMove(in); err != nil {
		return Answer{}, err
	}
	answer := Answer{Participants: in.Participants, From: in.From, Context: in.Operation.Context}
	for _, a := range in.Participants {
		c.fetch(a, in.From, to)
	}
	return answer, nil
}

func (c *Call) canMove(in MoveHere) error {
	if in.From.Key() == c.state.ID.Key() {
		return &Error{Kind: Invalid, Part: PartFrom, Reason: "is a connection of the same call."}
	}
	if err := distinct(PartParticipant, in.Participants); err != nil {
		return err
	}
	for _, a := range in.Participants {
		if c.named(a) != nil {
			return &Error{Kind: Conflict, Part: PartParticipant, Reason: string(a) + " is in the call or invited already."}
		}
	}
	if len(c.state.Participants)+len(in.Participants) > participantsMost {
		return refuse(TooBusy, "The call has %d participants and takes no more than %d.", len(c.state.Participants), participantsMost)
	}
	return nil
}

// fetch makes room for a participant and asks the earlier call for it.
// It is waited for as long as somebody would be rung.
func (c *Call) fetch(a Address, from ConnectionID, to Recipient) {
	p := Participant{
		Leg: c.nextLeg(), Address: a, State: Moving,
		Errand: Errand{Kind: ToMove, For: to, From: from},
	}
	c.state.Participants = append(c.state.Participants, p)
	c.startTimer(Timer{Purpose: RingTimer, Leg: p.Leg}, ringTimeout)
	c.ask(Fetch{Leg: p.Leg, From: from, Participant: a})
}

// handOver offers a participant to the new call. Whoever is on the way somewhere
// else stays.
func (c *Call) handOver(in HandOver) (Answer, error) {
	if _, err := c.connectedOne(in.Connection); err != nil {
		return Answer{}, err
	}
	if _, err := c.hearers(PartParticipant, []Address{in.Participant}); err != nil {
		return Answer{}, err
	}
	p := c.named(in.Participant)
	if err := c.mayGo(p, in.To); err != nil {
		return Answer{}, err
	}
	c.give(p, in.To, "")
	return Answer{}, nil
}

// mayGo refuses to hand over to another call whoever is on the way somewhere else.
func (c *Call) mayGo(p *Participant, to LegID) error {
	switch {
	case p.HandingTo != "":
		return refuse(Conflict, "%s is being moved already.", p.Address)
	case p.Referral != nil, c.targetFor(p.Leg) != nil, c.placeTaker(p.Leg) != nil, p.Onward != nil && p.Onward.Leg != to:
		return refuse(TransferConflict, "%s is being transferred.", p.Address)
	}
	return nil
}

func (c *Call) give(p *Participant, to, referrer LegID) {
	p.HandingTo, p.OfferedAt = to, c.now
	c.ask(Give{Leg: p.Leg, To: to, Referrer: referrer, Who: Moved{Address: p.Address, Name: p.Name, Dialog: p.Dialog, TakesRefer: p.TakesRefer, Trunk: p.Trunk}})
}

// takeIn is the moment at which the participant moves.
func (c *Call) takeIn(in TakeIn) (Answer, error) {
	if c.Over() {
		return Answer{}, NoCall()
	}
	p := c.participant(in.Leg)
	if p == nil || p.State != Moving {
		return Answer{}, refuse(NotFound, "%s is not awaited here any more.", in.Who.Address)
	}
	c.comeIn(p, in.Was, in.Who)
	return Answer{}, nil
}

// comeIn makes somebody who was in another call a participant of this one.
func (c *Call) comeIn(p *Participant, was LegID, who Moved) {
	p.Address, p.Name, p.Dialog, p.TakesRefer = who.Address, who.Name, who.Dialog, who.TakesRefer
	p.Trunk, p.Began = who.Trunk, c.now
	c.ask(Readdress{Leg: p.Leg, Was: was})
	c.ask(Join{Leg: p.Leg, Address: p.Address, Was: was})
	c.arrive(p)
}

// moveReported: the other call, or whoever asked it, says what came of a move.
func (c *Call) moveReported(sig Signal) {
	switch sig := sig.(type) {
	case HandedOver:
		c.handedOver(sig)
	case Kept:
		c.kept(sig)
	case NotMoved:
		c.notMoved(sig)
	case NotPutThrough:
		c.notPutThrough(sig)
	case NotTransferred:
		c.notTransferred(sig)
	}
}

// handedOver takes the participant off the list: its leg is not of this call
// any more.
func (c *Call) handedOver(in HandedOver) {
	c.decided(in.Leg)
	c.putThrough(in.Referrer)
	if p := c.participant(in.Leg); p == nil || p.HandingTo == "" {
		return // it left before it had moved
	}
	p, _ := c.takeOff(in.Leg)
	c.movedLeg(p)
	c.wentOnward(&p)
	c.left(p)
}

func (c *Call) kept(in Kept) {
	if p := c.participant(in.Leg); p != nil && p.HandingTo != "" {
		c.change()
		p.HandingTo, p.OfferedAt = "", time.Time{}
	}
	if o, ok := c.decided(in.Leg); ok {
		c.hangUpOne(o, o.Reason)
	}
	if in.Referrer != "" {
		c.notPutThrough(NotPutThrough{Leg: in.Referrer, Cause: in.Cause})
	}
}

func (c *Call) notMoved(in NotMoved) {
	if p := c.participant(in.Leg); p != nil && p.State == Moving {
		c.gone(in.Leg, in.Cause)
	}
}

// Offered is somebody who was let go after they had been offered to another call. That
// may have taken them in already: they are hung up only when it is known that it did not.
type Offered struct {
	Leg    LegID
	Dialog *Dialog
	Reason Reason // why they were let go
}

func (c *Call) leaveToOther(p Participant, why Reason) {
	c.change()
	c.state.Offered = append(slices.Clip(c.state.Offered), Offered{Leg: p.Leg, Dialog: p.Dialog, Reason: why})
}

// decided forgets whom another call has taken in or refused, or who has left.
func (c *Call) decided(leg LegID) (Offered, bool) {
	i := slices.IndexFunc(c.state.Offered, func(o Offered) bool { return o.Leg == leg })
	if i < 0 {
		return Offered{}, false
	}
	c.change()
	o := c.state.Offered[i]
	c.state.Offered = slices.Concat(c.state.Offered[:i], c.state.Offered[i+1:])
	return o, true
}

// hangUpOffered hangs up whoever waits for another call's decision when the server
// stops: the other call ends too.
func (c *Call) hangUpOffered(why Reason) {
	for _, o := range c.state.Offered {
		c.hangUpOne(o, why)
	}
	c.state.Offered = nil
}

func (c *Call) hangUpOne(o Offered, why Reason) {
	c.ask(HangUp{Leg: o.Leg, Dialog: o.Dialog, Reason: why})
}
