package call

// Event is what applications are told. An event for a connection embeds
// Recipient; the others are for Event Grid subscribers and embed Subject.
type Event interface{ event() }

// Recipient is the connection that an event is for, and how it is told.
type Recipient struct {
	Connection  ConnectionID
	CallbackURI string
	Version     string
	Context     string // operationContext
}

func (Recipient) event() {}

// To is the recipient itself; it lets whoever delivers treat events alike.
func (r Recipient) To() Recipient { return r }

// Subject is what Event Grid events say about their call.
type Subject struct {
	StartedBy Address
	Group     string // group call id, "" when none
	TwoParty  bool
}

func (Subject) event() {}

// About is the subject itself.
func (s Subject) About() Subject { return s }

// ForConnection is an event with a Recipient.
type ForConnection interface {
	Event
	To() Recipient
}

// ForSubscribers is an event with a Subject.
type ForSubscribers interface {
	Event
	About() Subject
}

// RosterEntry is a participant as applications see it.
type RosterEntry struct {
	Address Address
	Muted   bool
	OnHold  bool
}

// ---- Events of a connection ----

// CallConnected: the connection is in an established call.
type CallConnected struct{ Recipient }

// CallDisconnected is the last event of a connection.
type CallDisconnected struct {
	Recipient
	Cause Cause
}

// CreateCallFailed: no target was reached. It is the connection's last event
// unless a CallDisconnected follows in the same step.
type CreateCallFailed struct {
	Recipient
	Cause Cause
}

// AnswerFailed: the caller was gone before the answer reached it.
type AnswerFailed struct {
	Recipient
	Cause Cause
}

// ParticipantsUpdated carries the whole roster; Sequence rises within a connection.
type ParticipantsUpdated struct {
	Recipient
	Sequence     int
	Participants []RosterEntry
}

// AddParticipantSucceeded: the participant has joined.
type AddParticipantSucceeded struct {
	Recipient
	Participant Address
}

// AddParticipantFailed: the participant was not reached.
type AddParticipantFailed struct {
	Recipient
	Participant Address
	Cause       Cause
}

// RemoveParticipantSucceeded: the participant is out of the call.
type RemoveParticipantSucceeded struct {
	Recipient
	Participant Address
}

// PlayStarted: the first sound of a play, or of a recognition's prompt, was heard.
type PlayStarted struct{ Recipient }

// PlayCompleted: everything was played.
type PlayCompleted struct{ Recipient }

// PlayCanceled: the play was stopped, or its call ended.
type PlayCanceled struct{ Recipient }

// PlayFailed: Source could not be played.
type PlayFailed struct {
	Recipient
	Source int
	Cause  Cause
}

// RecognizeCompleted carries the tones collected, without the stop tone.
type RecognizeCompleted struct {
	Recipient
	Tones []Tone
	Cause Cause // MaxTones, StopTone or InterToneTimeout
}

// RecognizeCanceled: the recognition was stopped, or its call ended.
type RecognizeCanceled struct{ Recipient }

// RecognizeFailed: nothing was recognised. Source is the prompt that failed, or -1.
type RecognizeFailed struct {
	Recipient
	Source int
	Cause  Cause
}

// ---- Events for Event Grid subscribers ----

// IncomingCall: somebody dialled an address of this resource. It can be
// answered, redirected or rejected until one of that is done or its time is over.
type IncomingCall struct {
	Subject
	Incoming    IncomingID
	From        Address
	FromName    string
	To          Address
	OnBehalfOf  Address
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
}

// CallStarted: a user's call was established.
type CallStarted struct{ Subject }

// CallEnded ends what CallStarted began. Ended tells who ended it, "" for the server.
type CallEnded struct {
	Subject
	By    Address
	Cause Cause
}

// CallParticipantAdded: a user joined.
type CallParticipantAdded struct {
	Subject
	User Address
	Name string
	Leg  LegID
}

// CallParticipantRemoved: a user left.
type CallParticipantRemoved struct {
	Subject
	User Address
	Name string
	Leg  LegID
}
