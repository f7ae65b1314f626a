package call

import (
	"cmp"
	"slices"
	"time"
)

// Recognize plays a prompt to one participant, when there is one, and collects
// the keys that it presses.
type Recognize struct {
	Repeatable
	Connection     ConnectionID // empty: out of call
	Operation      Operation
	Participant    Address
	Prompt         []PlaySource
	Interrupt      bool // stop what the recipient has running and waiting
	KeyInterrupts  bool // interruptPrompt: a key stops the prompt and counts
	InitialSilence time.Duration
	InterTone      time.Duration
	MaxTones       int // 0: TonesMost
	StopTones      []Tone
	Choices        []Choice // when there are any, one key chooses
}

// TonesMost bounds the tones that one recognition collects.
const TonesMost = 256

// Choice is an answer that a participant may give with a key.
type Choice struct {
	Label string
	Tone  Tone
}

// RecognizeCompleted carries the tones collected, without the stop tone, or
// the label of the choice made.
type RecognizeCompleted struct {
	Recipient
	Tones  []Tone
	Choice string
	Cause  Cause // MaxTones, StopTone, InterToneTimeout or ChoiceByTone
}

// RecognizeCanceled: the recognition was stopped, or its call ended.
type RecognizeCanceled struct{ Recipient }

// RecognizeFailed: nothing was recognised. Source is the prompt that failed, or -1.
type RecognizeFailed struct {
	Recipient
	Source int
	Cause  Cause
}

// Recognition is the state of a recognition that was accepted.
type Recognition struct {
	KeyInterrupts  bool
	InitialSilence time.Duration
	InterTone      time.Duration
	MaxTones       int
	StopTones      []Tone
	Choices        []Choice
	Listening      bool
	Tones          []Tone
}

// recognize concerns the whole call while there is nobody else who could hear
// the prompt.
func (c *Call) recognize(in Recognize) (Answer, error) {
	to, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	legs, err := c.hearers(PartParticipant, []Address{in.Participant})
	if err != nil {
		return Answer{}, err
	}
	scope := WholeCall
	if joined, _, _ := c.count(); joined > 1 {
		scope = SomeLegs
	}
	return Answer{}, c.accept(MediaOperation{
		Kind: RecognizeMedia, Recipient: to, Scope: scope, To: legs, Sources: in.Prompt,
		Recognition: &Recognition{
			KeyInterrupts: in.KeyInterrupts, InitialSilence: in.InitialSilence, InterTone: in.InterTone,
			MaxTones: in.MaxTones, StopTones: in.StopTones, Choices: in.Choices,
		},
	}, in.Interrupt)
}

// recognizing are the rules of RecognizeMedia.
type recognizing struct{}

func (r recognizing) begin(c *Call, op *MediaOperation) {
	if len(op.Sources) == 0 {
		r.finished(c, op, nil)
		return
	}
	c.startPlayer(op)
}

func (recognizing) started(op *MediaOperation) Event { return PlayStarted{op.Recipient} }

func (recognizing) shares() bool { return false }

// finished: the prompt was heard; the first key is waited for.
func (recognizing) finished(c *Call, op *MediaOperation, _ []Hearing) {
	op.Recognition.Listening = true
	c.startTimer(Timer{Purpose: MediaTimer, Operation: op.ID}, op.Recognition.InitialSilence)
}

// pressed takes one key. A stop tone ends the recognition and is not part of
// the result; the last of MaxTones is.
func (r recognizing) pressed(c *Call, op *MediaOperation, tone Tone) {
	in := op.Recognition
	if !in.Listening && !in.KeyInterrupts {
		return
	}
	c.stopPlayer(op)
	c.stopMediaTimer(op.ID)
	in.Listening = true
	if len(in.Choices) > 0 {
		r.choose(c, op, tone)
		return
	}
	if slices.Contains(in.StopTones, tone) {
		r.completed(c, op, StopTone)
		return
	}
	in.Tones = append(slices.Clip(in.Tones), tone)
	if len(in.Tones) >= cmp.Or(in.MaxTones, TonesMost) {
		r.completed(c, op, MaxTones)
		return
	}
	c.startTimer(Timer{Purpose: MediaTimer, Operation: op.ID}, in.InterTone)
}

// choose ends the recognition with the choice that a key stands for. Any other
// key fails it.
func (r recognizing) choose(c *Call, op *MediaOperation, tone Tone) {
	for _, choice := range op.Recognition.Choices {
		if choice.Tone == tone {
			c.finish(op.ID, RecognizeCompleted{Recipient: op.Recipient, Choice: choice.Label, Cause: Cause{Reason: ChoiceByTone}})
			return
		}
	}
	c.finish(op.ID, r.failed(op, mediaFailure{source: noSource, reason: WrongTone}))
}

// timedOut: no key came in time. Silence before the first key is a failure;
// silence after one ends the collection.
func (r recognizing) timedOut(c *Call, op *MediaOperation) {
	if len(op.Recognition.Tones) == 0 {
		c.finish(op.ID, r.failed(op, mediaFailure{source: noSource, reason: InitialSilence}))
		return
	}
	r.completed(c, op, InterToneTimeout)
}

func (recognizing) completed(c *Call, op *MediaOperation, why Reason) {
	c.finish(op.ID, RecognizeCompleted{Recipient: op.Recipient, Tones: op.Recognition.Tones, Cause: Cause{Reason: why}})
}

func (recognizing) canceled(op *MediaOperation) Event { return RecognizeCanceled{op.Recipient} }

func (recognizing) failed(op *MediaOperation, f mediaFailure) Event {
	return RecognizeFailed{Recipient: op.Recipient, Source: f.source, Cause: f.cause()}
}

func (r recognizing) allLeft(op *MediaOperation) Event {
	return r.failed(op, mediaFailure{source: noSource, reason: ParticipantAbsent})
}
