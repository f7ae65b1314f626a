package call

import (
	"fmt"
	"time"
)

// PlaySource is one thing to play. Exactly one of its kinds is set.
type PlaySource struct {
	File    string // URI of an audio file
	CacheID string // playSourceCacheId: the file may be kept under this name
	Own     OwnSound
	Speech  *Speech
}

// String is the source as stories show it.
func (s PlaySource) String() string {
	switch {
	case s.Speech != nil:
		return fmt.Sprintf("speech %+v", *s.Speech)
	case s.Own != "":
		return string(s.Own)
	case s.CacheID != "":
		return s.File + " kept as " + s.CacheID
	}
	return s.File
}

// Speech is words to be spoken: either Text or SSML.
type Speech struct {
	Text     string
	SSML     string
	Language string // BCP 47; empty: as the voice's name or the SSML says
	Gender   string // of the voice, male or female; may be empty
	Voice    string // its name; may be empty
}

// OwnSound is a sound that the server has by itself.
type OwnSound string

const (
	HoldMusic OwnSound = "hold-music"
	Ringback  OwnSound = "ringback" // what a caller hears while somebody is rung
)

// Play plays sources in order to everyone, or to the participants named.
type Play struct {
	Repeatable
	Connection ConnectionID // empty: out of call
	Operation  Operation
	Sources    []PlaySource
	To         []Address // empty: everyone
	Loop       bool
	Interrupt  bool // stop what the recipient has running and waiting
}

// PlayStarted: the first sound of a play, or of a recognition's prompt, was heard.
type PlayStarted struct{ Recipient }

// PlayCompleted: everything was played. Hearing is there when somebody asked for it to be
// proved.
type PlayCompleted struct {
	Recipient
	Hearing []Hearing
}

// Hearing is how much of what was played one participant has got.
type Hearing struct {
	Participant Address
	Sent        time.Duration
	Reported    time.Duration // of Sent, that of which the far end tells
	Received    time.Duration // of Reported, what did arrive, at least
}

// PlayCanceled: the play was stopped, or its call ended.
type PlayCanceled struct{ Recipient }

// PlayFailed: Source could not be played.
type PlayFailed struct {
	Recipient
	Source int
	Cause  Cause
}

func (c *Call) play(in Play) (Answer, error) {
	to, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	legs, err := c.hearers(PartRecipients, in.To)
	if err != nil {
		return Answer{}, err
	}
	scope := WholeCall
	if len(legs) > 0 {
		scope = SomeLegs
	}
	return Answer{}, c.accept(MediaOperation{
		Kind: PlayMedia, Recipient: to, Scope: scope, To: legs, Sources: in.Sources, Loop: in.Loop,
	}, in.Interrupt)
}

// playing are the rules of PlayMedia.
type playing struct{}

// begin takes whom it plays to alone out of the conversation for that time:
// applications see them on hold.
func (playing) begin(c *Call, op *MediaOperation) {
	c.startPlayer(op)
	if op.Scope == SomeLegs {
		for _, leg := range op.To {
			c.hold(leg, Hold{Reason: HeldForPrompt, Operation: op.ID})
		}
	}
}

func (playing) started(op *MediaOperation) Event { return PlayStarted{op.Recipient} }

func (playing) finished(c *Call, op *MediaOperation, hearing []Hearing) {
	c.finish(op.ID, PlayCompleted{op.Recipient, hearing})
}

func (playing) canceled(op *MediaOperation) Event { return PlayCanceled{op.Recipient} }

func (playing) failed(op *MediaOperation, f mediaFailure) Event {
	return PlayFailed{Recipient: op.Recipient, Source: max(f.source, 0), Cause: f.cause()}
}

func (playing) allLeft(op *MediaOperation) Event { return PlayCanceled{op.Recipient} }
