package call

// Effect is what a call asks of the world: a LegEffect, a SoundEffect or a
// CallEffect, by whom it is for. Effects are handed over in order and never awaited: what comes of
// them comes back as a Signal. Timers are no effects: State.Timers says which
// run.
type Effect interface{ effect() }

// LegEffect is for what reaches the participants.
type LegEffect interface {
	Effect
	leg()
}

// SoundEffect is for what the call sounds like.
type SoundEffect interface {
	Effect
	sound()
}

// These mark a type as an effect, and whom it is for.
type (
	asksLeg   struct{}
	asksSound struct{}
)

func (asksLeg) effect()   {}
func (asksLeg) leg()      {}
func (asksSound) effect() {}
func (asksSound) sound()  {}

// ---- Effects on legs ----

// Dial reaches for a participant. The answer is LegRinging, LegAnswered,
// LegUnclaimed or LegFailed.
type Dial struct {
	asksLeg
	Leg         LegID
	To          Address
	From        Address // who calls, as the far end sees it
	FromName    string
	Headers     map[string]string // of SIP
	VoIPHeaders map[string]string // of no protocol: what one client says to another
	Replaces    string            // RFC 3891: the dialog at the far end that this one takes over
}

// Ring tells an incoming leg that its callee is being alerted (180).
type Ring struct {
	asksLeg
	Leg LegID
}

// AnswerLeg accepts an incoming leg. The answer is LegAnswered or LegFailed.
type AnswerLeg struct {
	asksLeg
	Leg LegID
}

// RejectLeg refuses an incoming leg for a reason that the caller sees as a SIP status.
type RejectLeg struct {
	asksLeg
	Leg   LegID
	Cause Cause
}

// SendTone presses a key toward a leg's far end.
type SendTone struct {
	asksLeg
	Leg  LegID
	Tone Tone
}

// HangUp ends a leg in whatever state it is: cancels, rejects or says BYE. A
// leg that this process does not know is ended by its Dialog or, when it was
// dialled and has none yet, by what was Dialled.
type HangUp struct {
	asksLeg
	Leg     LegID
	Dialog  *Dialog
	Dialled Dial
	Reason  Reason
}

// ---- Effects on the sound of the call ----

// Join brings a leg's media into the call's conversation, out of that of the call
// that the leg was in before. Of one that is there it says whose voice it is from
// now on.
type Join struct {
	asksSound
	Leg     LegID
	Address Address
	Was     LegID // its id in the earlier call; empty when it is new
}

// Leave takes it out again.
type Leave struct {
	asksSound
	Leg LegID
}

// Isolate takes a leg out of the conversation, or brings it back, without
// ending it: it hears only what is played to it alone and nobody hears it.
type Isolate struct {
	asksSound
	Leg      LegID
	Isolated bool
}

// PreparePlayer has the first of an operation's sound there when its StartPlayer
// comes: with the same sources, or StopPlayer instead. Nothing is heard of it and
// nothing reported before.
type PreparePlayer struct {
	asksSound
	Operation OperationID
	Sources   []PlaySource
	Loop      bool
}

// StartPlayer plays sources in order to groups, whoever is in them meanwhile, or to
// the legs named.
type StartPlayer struct {
	asksSound
	Operation OperationID
	Sources   []PlaySource
	To        []LegID
	Groups    Groups // with To empty; 0: the default group
	Loop      bool
	Prompt    bool // of a recognition, which listens from its end on: nobody waits for proof of hearing
}

// StopPlayer stops a player; its PlayerFinished or PlayerFailed still comes and is
// ignored. Of one that was only prepared nothing comes.
type StopPlayer struct {
	asksSound
	Operation OperationID
}

// Close ends the conversation: the call is over.
type Close struct{ asksSound }
