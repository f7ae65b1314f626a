package call

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Recognize plays a prompt to one participant, when there is one, and takes what it
// answers: the keys that it presses, what it says, or whichever comes first.
type Recognize struct {
	Repeatable
	Connection     ConnectionID // empty: out of call
	Operation      Operation
	Participant    Address
	Prompt         []PlaySource
	Interrupt      bool // stop what the recipient has running and waiting
	KeyInterrupts  bool // interruptPrompt: a key or a voice stops the prompt and counts
	InitialSilence time.Duration
	InterTone      time.Duration
	MaxTones       int // 0: TonesMost
	StopTones      []Tone
	Choices        []Choice // when there are any, one key or one utterance chooses
	Voice          *Voice   // nil: only keys count
}

// TonesMost bounds the tones that one recognition collects.
const TonesMost = 256

// Choice is an answer that a participant may give.
type Choice struct {
	Label   string
	Tone    Tone     // 0: no key stands for it
	Phrases []string // that stand for it; none: it is made with its key alone
}

// String is the choice as stories show it: its label, its tone and its phrases.
func (c Choice) String() string {
	tone := ""
	if c.Tone != 0 {
		tone = c.Tone.String()
	}
	return strings.TrimRight(c.Label+":"+tone+":"+strings.Join(c.Phrases, "|"), ":")
}

// RecognizeCompleted carries what Cause says: the tones collected, without the stop
// tone, the label of the choice made, what was said, or the choice that was said.
type RecognizeCompleted struct {
	Recipient
	Tones  []Tone
	Choice string
	Said   *Said
	Cause  Cause // MaxTones, StopTone, InterToneTimeout, ChoiceByTone, ChoiceBySpeech or SpeechRecognized
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
	Voice          *Voice
	Listening      bool      // the prompt is over, or what interrupted it counts
	Hearing        bool      // an ear is open
	Speaking       bool      // the participant has begun to speak
	Deaf           *Deafness // what it says cannot be heard any more, while keys still count
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
			MaxTones: in.MaxTones, StopTones: in.StopTones, Choices: in.Choices, Voice: in.Voice,
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
	if op.Recognition.KeyInterrupts {
		c.openEar(op)
	}
}

func (recognizing) started(op *MediaOperation) Event { return PlayStarted{op.Recipient} }

func (recognizing) shares() bool { return false }

// finished: the prompt was heard; an answer is waited for.
func (recognizing) finished(c *Call, op *MediaOperation, _ []Hearing) {
	op.Recognition.Listening = true
	c.openEar(op)
	c.startTimer(Timer{Purpose: MediaTimer, Operation: op.ID}, op.Recognition.InitialSilence)
}

// pressed takes one key: from the first on, only keys count. A stop tone ends the
// recognition and is not part of the result; the last of MaxTones is.
func (r recognizing) pressed(c *Call, op *MediaOperation, tone Tone) {
	in := op.Recognition
	if !in.Listening && !in.KeyInterrupts || in.Voice != nil && in.Voice.Only {
		return
	}
	c.closeEar(op)
	r.interrupt(c, op)
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

// interrupt ends the prompt, or the silence after it, with what the participant
// answers.
func (recognizing) interrupt(c *Call, op *MediaOperation) {
	c.stopPlayer(op)
	c.stopMediaTimer(op.ID)
	op.Recognition.Listening = true
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
	r.unanswered(c, op, Cause{Reason: WrongTone})
}

// timedOut: nothing more came in time. Silence before the first key is a failure,
// for which an ear that failed is to blame rather than who was not heard; silence
// after a key ends the collection. Somebody who speaks has to come to an end.
func (r recognizing) timedOut(c *Call, op *MediaOperation) {
	switch in := op.Recognition; {
	case in.Speaking:
		r.unanswered(c, op, Cause{Reason: SpeechEndless})
	case len(in.Tones) > 0:
		r.completed(c, op, InterToneTimeout)
	case in.Deaf != nil:
		r.unanswered(c, op, in.Deaf.cause())
	default:
		r.unanswered(c, op, Cause{Reason: InitialSilence})
	}
}

func (r recognizing) unanswered(c *Call, op *MediaOperation, why Cause) {
	c.finish(op.ID, RecognizeFailed{Recipient: op.Recipient, Source: noSource, Cause: why})
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
