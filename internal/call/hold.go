package call

import "slices"

// HoldParticipant takes a participant out of the conversation until
// UnholdParticipant: meanwhile it hears Audio again and again, or music.
type HoldParticipant struct {
	Repeatable
	Connection  ConnectionID // empty: out of call
	Operation   Operation
	Participant Address
	Audio       *PlaySource // nil: music of ours
}

// UnholdParticipant brings a participant back. One that is not on hold stays
// as it is.
type UnholdParticipant struct {
	Repeatable
	Connection  ConnectionID // empty: out of call
	Operation   Operation
	Participant Address
}

// HoldFailed: the audio could not be played; the participant is back in the
// conversation.
type HoldFailed struct {
	Recipient
	Cause Cause
}

// Hold is one of the reasons for which a participant is on hold: it hears
// nothing of the conversation and nobody hears it until the last is gone.
type Hold struct {
	Reason    HoldReason
	Operation OperationID
}

// HoldReason is who put a participant on hold.
type HoldReason string

const (
	HeldForPrompt     HoldReason = "prompt"      // a media operation plays to it apart from the conversation
	HeldByApplication HoldReason = "application" // until the application takes it back
	HeldApart         HoldReason = "apart"       // it was taken out of the default group and is in no audio group
)

func (c *Call) holdParticipant(in HoldParticipant) (Answer, error) {
	to, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	legs, err := c.hearers(PartParticipant, []Address{in.Participant})
	if err != nil {
		return Answer{}, err
	}
	if c.heldByApplication(legs[0]) != nil {
		return Answer{}, &Error{Kind: Conflict, Part: PartParticipant, Reason: string(in.Participant) + " is on hold already."}
	}
	audio := PlaySource{Own: HoldMusic}
	if in.Audio != nil {
		audio = *in.Audio
	}
	return Answer{}, c.accept(MediaOperation{
		Kind: HoldMedia, Recipient: to, Scope: Beside, To: legs, Sources: []PlaySource{audio}, Loop: true,
	}, false)
}

func (c *Call) unholdParticipant(in UnholdParticipant) (Answer, error) {
	if _, err := c.recipient(in.Connection, in.Operation); err != nil {
		return Answer{}, err
	}
	legs, err := c.hearers(PartParticipant, []Address{in.Participant})
	if err != nil {
		return Answer{}, err
	}
	if op := c.heldByApplication(legs[0]); op != nil {
		c.drop(op.ID, nil)
	}
	return Answer{}, nil
}

// heldByApplication is the operation by which an application holds a leg, or nil.
func (c *Call) heldByApplication(leg LegID) *MediaOperation {
	for i := range c.state.Media {
		if op := &c.state.Media[i]; op.Kind == HoldMedia && slices.Contains(op.To, leg) {
			return op
		}
	}
	return nil
}

// OnHold reports whether there is a reason to be on hold.
func (p Participant) OnHold() bool { return len(p.Holds) > 0 }

func (c *Call) hold(leg LegID, why Hold) {
	p := c.participant(leg)
	if p == nil {
		return
	}
	c.setHolds(p, append(slices.Clip(p.Holds), why))
}

// unhold takes away the reason that an operation is, from everyone that it holds.
func (c *Call) unhold(id OperationID) {
	of := func(h Hold) bool { return h.Operation == id }
	for i := range c.state.Participants {
		p := &c.state.Participants[i]
		if slices.ContainsFunc(p.Holds, of) {
			c.setHolds(p, slices.DeleteFunc(slices.Clone(p.Holds), of))
		}
	}
}

// setHolds takes the participant out of the conversation with its first reason
// and brings it back after its last.
func (c *Call) setHolds(p *Participant, holds []Hold) {
	was := p.OnHold()
	p.Holds = holds
	if p.OnHold() != was {
		c.ask(Isolate{Leg: p.Leg, Isolated: !was})
		c.rosterChanged = true
	}
}

// holding are the rules of HoldMedia. It succeeds without a word; the roster
// shows who is on hold.
type holding struct{}

func (holding) begin(c *Call, op *MediaOperation) {
	c.hold(op.To[0], Hold{Reason: HeldByApplication, Operation: op.ID})
	if !c.playedTo(op.To[0]) {
		c.startPlayer(op)
	}
}

// settleMusic pauses the music of whoever has something else played to them alone,
// and goes on with it afterwards, from its beginning.
func (c *Call) settleMusic() {
	for i := range c.state.Media {
		op := &c.state.Media[i]
		if op.Kind != HoldMedia {
			continue
		}
		switch apart := c.playedTo(op.To[0]); {
		case apart:
			c.stopPlayer(op)
		case !op.Playing && len(op.Sources) > 0:
			c.renumber(op)
			c.startPlayer(op)
		}
	}
}

// playedTo reports whether something other than music is played to a leg alone.
func (c *Call) playedTo(leg LegID) bool {
	return slices.ContainsFunc(c.state.Media, func(op MediaOperation) bool {
		return op.Kind != HoldMedia && op.Playing && slices.Contains(op.To, leg)
	})
}

// renumber gives a hold another ID: what its last player still reports is not taken
// for the report of the next.
func (c *Call) renumber(op *MediaOperation) {
	was := op.ID
	c.state.LastOperation++
	op.ID = c.state.LastOperation
	p := c.participant(op.To[0])
	p.Holds = slices.Clone(p.Holds)
	for i := range p.Holds {
		if p.Holds[i].Operation == was {
			p.Holds[i].Operation = op.ID
		}
	}
}

func (holding) started(*MediaOperation) Event { return nil }

// finished: audio in which there is nothing to hear ends at once. The hold goes on
// without it.
func (holding) finished(_ *Call, op *MediaOperation, _ []Hearing) { op.Sources = nil }

func (holding) canceled(*MediaOperation) Event { return nil }

func (holding) failed(op *MediaOperation, f mediaFailure) Event {
	if f.source == noSource {
		return nil // the call ends, not the audio
	}
	return HoldFailed{Recipient: op.Recipient, Cause: f.cause()}
}

func (holding) allLeft(*MediaOperation) Event { return nil }
