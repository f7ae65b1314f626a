package call

import "slices"

// MediaOperation is something that an application has played, or listened to.
// The operations of a queue run one after the other, in the order in which they
// were accepted; see queue.go.
type MediaOperation struct {
	ID        OperationID
	Kind      MediaKind
	Recipient Recipient
	Scope     MediaScope
	To        []LegID // empty: everyone
	Sources   []PlaySource
	Loop      bool
	Running   bool // its turn has come
	Playing   bool // a player runs for it
	Prepared  bool // a player is made ready for it, before its turn

	Recognition *Recognition // of RecognizeMedia
	Tones       []Tone       // of SendTonesMedia
	Heard       int          // keys of ListenMedia
}

// MediaKind is what a media operation does.
type MediaKind string

const (
	PlayMedia      MediaKind = "play"
	RecognizeMedia MediaKind = "recognize"
	SendTonesMedia MediaKind = "send-tones"
	ListenMedia    MediaKind = "listen"
	HoldMedia      MediaKind = "hold"
)

// mediaKind is what differs between the kinds. Each kind has a file of its own.
type mediaKind interface {
	// begin: its turn has come.
	begin(c *Call, op *MediaOperation)
	// started is what is told when its first source begins to be heard: nil for nothing.
	started(op *MediaOperation) Event
	// finished: its sources were heard to the end.
	finished(c *Call, op *MediaOperation, hearing []Hearing)
	// canceled is how it ends when it is stopped; nil when nobody is told.
	canceled(op *MediaOperation) Event
	// failed is how it ends when it cannot go on.
	failed(op *MediaOperation, f mediaFailure) Event
	// allLeft is how it ends when the last participant that it was for has left.
	allLeft(op *MediaOperation) Event
}

// mediaFailure is why a media operation cannot go on, and which of its sources
// could not be played: noSource when none is to blame.
type mediaFailure struct {
	source int
	reason Reason
	detail string
}

func (f mediaFailure) cause() Cause { return Cause{Reason: f.reason, Detail: f.detail} }

const noSource = -1

// listener is a kind that hears keys. Unless it shares them, they are its alone.
type listener interface {
	pressed(c *Call, op *MediaOperation, tone Tone)
	shares() bool
}

// waiter is a kind that starts MediaTimers.
type waiter interface {
	timedOut(c *Call, op *MediaOperation)
}

func (op *MediaOperation) kind() mediaKind {
	switch op.Kind {
	case PlayMedia:
		return playing{}
	case RecognizeMedia:
		return recognizing{}
	case SendTonesMedia:
		return sendingTones{}
	case ListenMedia:
		return listeningOn{}
	case HoldMedia:
		return holding{}
	}
	panic("call: no rules for media operations of kind " + op.Kind)
}

func (c *Call) operation(id OperationID) *MediaOperation {
	for i := range c.state.Media {
		if c.state.Media[i].ID == id {
			return &c.state.Media[i]
		}
	}
	return nil
}

// startPlayer plays the operation's sources to whom it is for.
func (c *Call) startPlayer(op *MediaOperation) {
	op.Playing, op.Prepared = true, false
	e := StartPlayer{Operation: op.ID, Sources: op.Sources, To: op.To, Loop: op.Loop, Prompt: op.Kind == RecognizeMedia}
	if len(op.To) == 0 {
		e.Groups = c.groupsPlayedTo(op.Recipient.Connection)
	}
	c.ask(e)
}

func (c *Call) stopPlayer(op *MediaOperation) {
	if op.Playing || op.Prepared {
		op.Playing, op.Prepared = false, false
		c.ask(StopPlayer{Operation: op.ID})
	}
}

func (c *Call) playerStarted(in PlayerStarted) {
	if op := c.operation(in.Operation); op != nil && op.Playing {
		c.tellIf(op.kind().started(op))
	}
}

func (c *Call) playerFinished(in PlayerFinished) {
	if op := c.operation(in.Operation); op != nil && op.Playing {
		c.change()
		op.Playing = false
		op.kind().finished(c, op, in.Hearing)
	}
}

func (c *Call) playerFailed(in PlayerFailed) {
	if op := c.operation(in.Operation); op != nil && op.Playing {
		op.Playing = false
		c.finish(op.ID, op.kind().failed(op, mediaFailure{in.Source, in.Reason, in.Detail}))
	}
}

func (c *Call) mediaTimedOut(id OperationID) {
	if op := c.operation(id); op != nil {
		op.kind().(waiter).timedOut(c, op)
	}
}

// endMediaOf ends a connection's operations because the connection ends.
func (c *Call) endMediaOf(id ConnectionID, cause Cause) {
	c.endMediaThat(cause, func(op MediaOperation) bool { return op.Recipient.Connection == id })
}

// endMedia ends what is left when the call ends: what was asked for out of call.
func (c *Call) endMedia(cause Cause) {
	c.endMediaThat(cause, func(MediaOperation) bool { return true })
}

func (c *Call) endMediaThat(cause Cause, ends func(MediaOperation) bool) {
	for _, was := range slices.Clone(c.state.Media) {
		op := c.operation(was.ID)
		if op == nil || !ends(was) {
			continue
		}
		last := op.kind().canceled(op)
		if cause.Reason.ofServer() {
			last = op.kind().failed(op, mediaFailure{source: noSource, reason: cause.Reason})
		}
		c.drop(op.ID, last)
	}
}

// endMediaFor ends what was for a participant that left, and takes it out of
// what is for others too.
func (c *Call) endMediaFor(leg LegID) {
	for _, was := range slices.Clone(c.state.Media) {
		op := c.operation(was.ID)
		if op == nil || !slices.Contains(op.To, leg) {
			continue
		}
		op.To = slices.DeleteFunc(slices.Clone(op.To), func(to LegID) bool { return to == leg })
		if len(op.To) == 0 {
			c.finish(op.ID, op.kind().allLeft(op))
		}
	}
}

// hearers finds the legs of participants that can be played to.
func (c *Call) hearers(part Part, addresses []Address) ([]LegID, error) {
	var legs []LegID
	for _, a := range addresses {
		p := c.named(a)
		if p == nil || p.State != Joined {
			return nil, &Error{Kind: NotFound, Part: part, Reason: string(a) + " is not in the call."}
		}
		if !p.hasLeg() {
			return nil, &Error{Kind: Invalid, Part: part, Reason: string(a) + " is an application: nothing can be played to it."}
		}
		legs = append(legs, p.Leg)
	}
	return legs, nil
}
