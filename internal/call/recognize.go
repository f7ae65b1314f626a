package call

import (
	"slices"
	"time"
)

// Recognize plays a prompt to one participant, when there is one, and collects
// the keys that it presses.
type Recognize struct {
	Repeatable
	Connection     ConnectionID
	Operation      Operation
	Target         Address
	Prompt         []PlaySource
	Interrupt      bool // stop what the connection has running and waiting
	KeyInterrupts  bool // interruptPrompt: a key stops the prompt and counts
	InitialSilence time.Duration
	InterTone      time.Duration
	MaxTones       int // 0: no limit
	StopTones      []Tone
}

// Recognition is the state of a recognition that was accepted.
type Recognition struct {
	KeyInterrupts  bool
	InitialSilence time.Duration
	InterTone      time.Duration
	MaxTones       int
	StopTones      []Tone
	Listening      bool
	Tones          []Tone
}

func (c *Call) recognize(in Recognize) (Answer, error) {
	if _, err := c.connectedOne(in.Connection); err != nil {
		return Answer{}, err
	}
	legs, err := c.targets(PartParticipant, []Address{in.Target})
	if err != nil {
		return Answer{}, err
	}
	err = c.accept(MediaOperation{
		Connection: in.Connection, Operation: in.Operation,
		Sources: in.Prompt, To: legs, Apart: c.group(),
		Recognition: &Recognition{
			KeyInterrupts: in.KeyInterrupts, InitialSilence: in.InitialSilence, InterTone: in.InterTone,
			MaxTones: in.MaxTones, StopTones: in.StopTones,
		},
	}, in.Interrupt)
	return Answer{}, err
}

// listen begins to wait for the first key.
func (c *Call) listen(op *MediaOperation) {
	op.Recognition.Listening = true
	op.Timer = c.startTimer(op.Recognition.InitialSilence)
}

// toneReceived gives a key to the recognitions that listen to its participant,
// else to the other one of two people: one of them may be a machine that asks.
func (c *Call) toneReceived(in ToneReceived) {
	taken := false
	for _, op := range slices.Clone(c.state.Media) {
		if op.Recognition != nil && op.Running && slices.Contains(op.To, in.Leg) {
			taken = true
			c.collect(c.operation(op.ID), in.Tone)
		}
	}
	if !taken {
		c.passOn(in)
	}
}

// passOn: in a conversation of more than two a key is meant for nobody.
func (c *Call) passOn(in ToneReceived) {
	var others []LegID
	for _, p := range c.state.Participants {
		if p.State == Joined && p.Seat == "" && p.Leg != in.Leg {
			others = append(others, p.Leg)
		}
	}
	if from := c.participant(in.Leg); len(others) == 1 && from != nil && from.State == Joined {
		c.ask(SendTone{Leg: others[0], Tone: in.Tone})
	}
}

// collect takes one key. A stop tone ends the recognition and is not part of
// the result; the last of MaxTones is.
func (c *Call) collect(op *MediaOperation, tone Tone) {
	r := op.Recognition
	if !r.Listening && !r.KeyInterrupts {
		return
	}
	if op.Playing {
		op.Playing = false
		c.ask(StopPlayer{Operation: op.ID})
	}
	r.Listening = true
	c.stopTimer(&op.Timer)
	if slices.Contains(r.StopTones, tone) {
		c.recognized(op, StopTone)
		return
	}
	r.Tones = append(r.Tones, tone)
	if len(r.Tones) == r.MaxTones {
		c.recognized(op, MaxTones)
		return
	}
	op.Timer = c.startTimer(r.InterTone)
}

// recognitionTimedOut: no key came in time. Silence before the first key is a
// failure; silence after one ends the collection.
func (c *Call) recognitionTimedOut(id OperationID) {
	op := c.operation(id)
	op.Timer = 0
	if len(op.Recognition.Tones) == 0 {
		c.finish(id, c.failedEvent(op, -1, InitialSilence))
		return
	}
	c.recognized(op, InterToneTimeout)
}

func (c *Call) recognized(op *MediaOperation, why Reason) {
	c.finish(op.ID, RecognizeCompleted{
		Recipient: c.about(op.Connection, op.Operation),
		Tones:     op.Recognition.Tones, Cause: Cause{Reason: why},
	})
}
