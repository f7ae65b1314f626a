package call

import "time"

// Effect is what a call asks of the world. Effects are handed over in order
// and never awaited: what comes of them comes back as a Signal.
type Effect interface{ effect() }

// asks marks a type as an Effect.
type asks struct{}

func (asks) effect() {}

// ---- Effects on legs ----

// Dial reaches for a participant. The answer is LegRinging, LegAnswered,
// LegUnclaimed or LegFailed.
type Dial struct {
	asks
	Leg      LegID
	To       Address
	From     Address // who calls, as the far end sees it
	FromName string
	Headers  map[string]string
}

// Ring tells an incoming leg that its callee is being alerted (180).
type Ring struct {
	asks
	Leg LegID
}

// AnswerLeg accepts an incoming leg. The answer is LegAnswered or LegFailed.
type AnswerLeg struct {
	asks
	Leg LegID
}

// RejectLeg refuses an incoming leg for a reason that the caller sees as a SIP status.
type RejectLeg struct {
	asks
	Leg   LegID
	Cause Cause
}

// SendTone presses a key toward a leg's far end.
type SendTone struct {
	asks
	Leg  LegID
	Tone Tone
}

// HangUp ends a leg in whatever state it is: cancels, rejects or says BYE. A
// leg that this process does not know is ended by its Dialog.
type HangUp struct {
	asks
	Leg    LegID
	Dialog *Dialog
	Reason Reason
}

// ---- Effects on the sound of the call ----

// Join brings a leg's media into the call's conversation.
type Join struct {
	asks
	Leg LegID
}

// Leave takes it out again.
type Leave struct {
	asks
	Leg LegID
}

// Isolate takes a leg out of the conversation, or brings it back, without
// ending it: it hears only what is played to it alone and nobody hears it.
type Isolate struct {
	asks
	Leg      LegID
	Isolated bool
}

// StartPlayer plays sources in order to everyone (To empty) or to the legs named.
type StartPlayer struct {
	asks
	Operation OperationID
	Sources   []PlaySource
	To        []LegID
	Loop      bool
}

// StopPlayer stops a player; its PlayerFinished or PlayerFailed still comes and is ignored.
type StopPlayer struct {
	asks
	Operation OperationID
}

// Close ends the conversation: the call is over.
type Close struct{ asks }

// ---- Timers ----

// StartTimer asks for TimerFired after a time.
type StartTimer struct {
	asks
	Timer TimerID
	After time.Duration
}

// StopTimer takes it back; a TimerFired that is already under way is ignored.
type StopTimer struct {
	asks
	Timer TimerID
}
