package call

import "time"

// Voice is how a recognition hears what its participant says.
type Voice struct {
	Language   string        // BCP 47
	Model      string        // that the engine is to use; may be empty
	EndSilence time.Duration // the pause that ends what is said
	Only       bool          // keys do not count
}

// Said is what a participant said.
type Said struct {
	Text       string  // all of it; empty of a choice
	Phrase     string  // of the choice made
	Confidence float64 // from 0 to 1; 0: the engine does not say
	Language   string
}

// Deafness is why an ear failed.
type Deafness struct {
	Reason Reason
	Detail string // for people
}

func (d Deafness) cause() Cause { return Cause{Reason: d.Reason, Detail: d.Detail} }

// speechMost is how long somebody may take to say it, with what it takes to
// understand it.
const speechMost = time.Minute

// OpenEar has what a participant says heard, also while nobody else hears it because
// it is on hold. VoiceBegan and SpeechHeard tell of each utterance, until CloseEar or
// EarFailed.
type OpenEar struct {
	asksSound
	Operation OperationID
	Leg       LegID
	Voice     Voice
	Choices   []Choice // one of which is expected; empty: anything
}

// CloseEar closes it, also when it has failed.
type CloseEar struct {
	asksSound
	Operation OperationID
}

// VoiceBegan: the participant has begun to speak.
type VoiceBegan struct {
	reports
	Operation OperationID
}

// SpeechHeard: it has made a pause. Text is empty when it was not understood.
type SpeechHeard struct {
	reports
	Operation  OperationID
	Text       string
	Choice     string // the label of the choice that was made; empty: none
	Phrase     string // of that choice
	Confidence float64
}

// EarFailed: the ear hears no more, or never did.
type EarFailed struct {
	reports
	Operation OperationID
	Reason    Reason
	Detail    string // for people
}

func (c *Call) openEar(op *MediaOperation) {
	in := op.Recognition
	if in.Voice == nil || in.Hearing || in.Deaf != nil {
		return
	}
	in.Hearing = true
	c.ask(OpenEar{Operation: op.ID, Leg: op.To[0], Voice: *in.Voice, Choices: in.Choices})
}

func (c *Call) closeEar(op *MediaOperation) {
	if in := op.Recognition; in != nil && in.Hearing {
		in.Hearing, in.Speaking = false, false
		c.ask(CloseEar{Operation: op.ID})
	}
}

// earReported takes what an ear tells. What it tells after it was closed is not news.
func (c *Call) earReported(sig Signal) {
	switch sig := sig.(type) {
	case VoiceBegan:
		if op := c.hearing(sig.Operation); op != nil {
			recognizing{}.spoken(c, op)
		}
	case SpeechHeard:
		if op := c.hearing(sig.Operation); op != nil {
			recognizing{}.heard(c, op, sig)
		}
	case EarFailed:
		if op := c.hearing(sig.Operation); op != nil {
			recognizing{}.deafened(c, op, Deafness{sig.Reason, sig.Detail})
		}
	}
}

// hearing is an operation whose ear is open, or nil.
func (c *Call) hearing(id OperationID) *MediaOperation {
	if op := c.operation(id); op != nil && op.Recognition != nil && op.Recognition.Hearing {
		return op
	}
	return nil
}

// spoken: the participant begins to speak, and may end what it says in peace.
func (r recognizing) spoken(c *Call, op *MediaOperation) {
	if op.Recognition.Speaking {
		return
	}
	r.interrupt(c, op)
	op.Recognition.Speaking = true
	c.startTimer(Timer{Purpose: MediaTimer, Operation: op.ID}, speechMost)
}

// heard ends the recognition with what was said. Where there are choices, anything
// else is none of them, whether it was understood or not.
func (r recognizing) heard(c *Call, op *MediaOperation, in SpeechHeard) {
	said := &Said{Confidence: in.Confidence, Language: op.Recognition.Voice.Language}
	switch {
	case in.Choice != "":
		said.Phrase = in.Phrase
		c.finish(op.ID, RecognizeCompleted{Recipient: op.Recipient, Choice: in.Choice, Said: said, Cause: Cause{Reason: ChoiceBySpeech}})
	case len(op.Recognition.Choices) > 0:
		r.unanswered(c, op, Cause{Reason: NoSuchChoice})
	case in.Text == "":
		r.unanswered(c, op, Cause{Reason: SpeechUnclear})
	default:
		said.Text = in.Text
		c.finish(op.ID, RecognizeCompleted{Recipient: op.Recipient, Said: said, Cause: Cause{Reason: SpeechRecognized}})
	}
}

// deafened: the engine has failed. Who can still answer with a key may do so; who
// speaks, or can do nothing else, would wait in vain.
func (r recognizing) deafened(c *Call, op *MediaOperation, why Deafness) {
	in := op.Recognition
	if in.Voice.Only || in.Speaking {
		r.unanswered(c, op, why.cause())
		return
	}
	c.closeEar(op)
	in.Deaf = &why
}
