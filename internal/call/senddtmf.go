package call

// SendTones presses keys toward a participant, one after the other.
// Answer: Context.
type SendTones struct {
	Repeatable
	Connection  ConnectionID // empty: out of call
	Operation   Operation
	Participant Address
	Tones       []Tone
}

// PressTones presses keys toward a leg's far end. The answer is TonesSent or
// TonesFailed.
type PressTones struct {
	asksLeg
	Leg       LegID
	Operation OperationID
	Tones     []Tone
}

// TonesSent: the last of an operation's keys was sent.
type TonesSent struct {
	reports
	Operation OperationID
}

// TonesFailed: an operation's keys cannot be sent.
type TonesFailed struct {
	reports
	Operation OperationID
	Reason    Reason
}

// SendTonesCompleted: all keys were sent.
type SendTonesCompleted struct{ Recipient }

// SendTonesFailed: not all keys were sent.
type SendTonesFailed struct {
	Recipient
	Cause Cause
}

func (c *Call) sendTones(in SendTones) (Answer, error) {
	to, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	legs, err := c.hearers(PartParticipant, []Address{in.Participant})
	if err != nil {
		return Answer{}, err
	}
	return Answer{Context: in.Operation.Context}, c.accept(MediaOperation{
		Kind: SendTonesMedia, Recipient: to, Scope: SomeLegs, To: legs, Tones: in.Tones,
	}, false)
}

func (c *Call) tonesSent(in TonesSent) {
	if op := c.operation(in.Operation); op != nil && op.Kind == SendTonesMedia {
		c.finish(op.ID, SendTonesCompleted{op.Recipient})
	}
}

func (c *Call) tonesFailed(in TonesFailed) {
	if op := c.operation(in.Operation); op != nil && op.Kind == SendTonesMedia {
		c.finish(op.ID, op.kind().failed(op, mediaFailure{source: noSource, reason: in.Reason}))
	}
}

// sendingTones are the rules of SendTonesMedia.
type sendingTones struct{}

func (sendingTones) begin(c *Call, op *MediaOperation) {
	c.ask(PressTones{Leg: op.To[0], Operation: op.ID, Tones: op.Tones})
}

func (sendingTones) started(*MediaOperation) Event              { return nil }
func (sendingTones) finished(*Call, *MediaOperation, []Hearing) {}
func (s sendingTones) canceled(op *MediaOperation) Event        { return s.because(op, Canceled) }

func (s sendingTones) failed(op *MediaOperation, f mediaFailure) Event {
	return s.because(op, f.reason)
}

func (s sendingTones) allLeft(op *MediaOperation) Event { return s.because(op, ParticipantAbsent) }

func (sendingTones) because(op *MediaOperation, why Reason) Event {
	return SendTonesFailed{Recipient: op.Recipient, Cause: Cause{Reason: why}}
}
