package call

// Event is what applications are told. An event for an application embeds
// Recipient; the others are for Event Grid subscribers and embed Subject. Each
// event stands in the file of the verb that causes it.
type Event interface{ event() }

// Events is the catalogue: one of each type of event. The journal, the stories
// and the published forms go by it. A type keeps its name for ever: records
// hold it.
func Events() []Event {
	return []Event{
		CallConnecting{}, CallConnected{}, CallDisconnecting{}, CallDisconnected{}, CreateCallFailed{}, AnswerFailed{},
		ParticipantsUpdated{},
		AddParticipantSucceeded{}, AddParticipantFailed{}, RemoveParticipantSucceeded{},
		CallTransferAccepted{}, CallTransferFailed{},
		PlayStarted{}, PlayCompleted{}, PlayCanceled{}, PlayFailed{},
		RecognizeCompleted{}, RecognizeCanceled{}, RecognizeFailed{},
		SendTonesCompleted{}, SendTonesFailed{},
		ToneHeard{}, ListeningFailed{}, ListeningStopped{},
		HoldFailed{}, CancelAddSucceeded{}, CancelAddFailed{},
		RecordingStateChanged{}, StartRecordingFailed{},
		StreamingStarted{}, StreamingStopped{}, StreamingFailed{},
		TranscriptionStarted{}, TranscriptionUpdated{}, TranscriptionStopped{}, TranscriptionFailed{},
		AnsweringMachineDetected{}, MachineGreetingEnded{},
		MoveParticipantSucceeded{}, MoveParticipantFailed{},
		IncomingCall{}, CallStarted{}, CallEnded{},
		CallParticipantAdded{}, CallParticipantRemoved{},
		RecordingFileReady{},
	}
}

// ForRecipient is an event with a Recipient.
type ForRecipient interface {
	Event
	To() Recipient
}

// Subject is what Event Grid events say about their call.
type Subject struct {
	StartedBy Address
	Group     string // group call id, "" when none
	TwoParty  bool
}

func (Subject) event() {}

// About is the subject itself.
func (s Subject) About() Subject { return s }

// ForSubscribers is an event with a Subject.
type ForSubscribers interface {
	Event
	About() Subject
}
