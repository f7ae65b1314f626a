package call

import "slices"

// StartListening has an application told every key that a participant presses,
// beside whatever else is played and recognised, until StopListening. Asked
// again, the newer context counts.
type StartListening struct {
	Repeatable
	Connection  ConnectionID // empty: out of call
	Operation   Operation
	Participant Address
}

// StopListening ends StartListening.
type StopListening struct {
	Repeatable
	Connection  ConnectionID // empty: out of call
	Operation   Operation
	Participant Address
}

// ToneHeard: a participant pressed a key. Sequence rises by one with each, from 1:
// within a StartListening or, for an application that hears every key, within its
// connection.
type ToneHeard struct {
	Recipient
	Tone     Tone
	Sequence int
}

// ListeningFailed: keys cannot be listened to any more.
type ListeningFailed struct {
	Recipient
	Cause Cause
}

// ListeningStopped: nothing more is told; also when the participant left or
// the call ended.
type ListeningStopped struct{ Recipient }

func (c *Call) startListening(in StartListening) (Answer, error) {
	to, legs, err := c.listenerOf(in.Connection, in.Operation, in.Participant)
	if err != nil {
		return Answer{}, err
	}
	if op := c.listening(to.Queue(), legs[0]); op != nil {
		c.change()
		op.Recipient = to
		return Answer{}, nil
	}
	return Answer{}, c.accept(MediaOperation{Kind: ListenMedia, Recipient: to, Scope: Beside, To: legs}, false)
}

func (c *Call) stopListening(in StopListening) (Answer, error) {
	to, legs, err := c.listenerOf(in.Connection, in.Operation, in.Participant)
	if err != nil {
		return Answer{}, err
	}
	if op := c.listening(to.Queue(), legs[0]); op != nil {
		c.drop(op.ID, ListeningStopped{to})
		return Answer{}, nil
	}
	return Answer{}, refuse(NotFound, "No continuous recognition runs for %s.", in.Participant)
}

func (c *Call) listenerOf(id ConnectionID, op Operation, a Address) (Recipient, []LegID, error) {
	to, err := c.recipient(id, op)
	if err != nil {
		return Recipient{}, nil, err
	}
	legs, err := c.hearers(PartParticipant, []Address{a})
	return to, legs, err
}

// listening is the operation by which an application listens to a leg, or nil.
func (c *Call) listening(who Queue, leg LegID) *MediaOperation {
	for i := range c.state.Media {
		op := &c.state.Media[i]
		if op.Kind == ListenMedia && op.Recipient.Queue() == who && slices.Contains(op.To, leg) {
			return op
		}
	}
	return nil
}

// listeningOn are the rules of ListenMedia.
type listeningOn struct{}

func (listeningOn) begin(*Call, *MediaOperation)               {}
func (listeningOn) started(*MediaOperation) Event              { return nil }
func (listeningOn) finished(*Call, *MediaOperation, []Hearing) {}

func (listeningOn) pressed(c *Call, op *MediaOperation, tone Tone) {
	op.Heard++
	c.tell(ToneHeard{Recipient: op.Recipient, Tone: tone, Sequence: op.Heard})
}

// shares: keys that are merely listened to still reach the other participant.
func (listeningOn) shares() bool { return true }

func (listeningOn) canceled(op *MediaOperation) Event { return ListeningStopped{op.Recipient} }

func (listeningOn) failed(op *MediaOperation, f mediaFailure) Event {
	return ListeningFailed{Recipient: op.Recipient, Cause: Cause{Reason: f.reason}}
}

func (listeningOn) allLeft(op *MediaOperation) Event { return ListeningStopped{op.Recipient} }
