package call

import "time"

// Input is what Step takes: a Command or a Signal.
type Input interface{ input() }

// Command is what an application asks for through the API.
type Command interface {
	Input
	repeatable() Repeatable
}

// Signal is what a leg, a player or a timer reports. A signal about something
// that is no longer there is accepted and has no effect: it crossed the news.
type Signal interface {
	Input
	signal()
}

// Repeatable makes a command one that may be given again: with the same
// RequestID it acts once and is answered alike. With an empty RequestID it acts
// each time it is given.
type Repeatable struct {
	RequestID string
}

func (r Repeatable) repeatable() Repeatable { return r }
func (Repeatable) input()                   {}

// reports marks a type as a Signal.
type reports struct{}

func (reports) input()  {}
func (reports) signal() {}

// Application is how a connection's application is reached: where its events
// go and which api-version shapes them.
type Application struct {
	CallbackURI string
	Version     string // the api-version that created the connection
}

// Operation is what most commands carry about themselves.
type Operation struct {
	Context     string // operationContext: echoed in the operation's events
	CallbackURI string // operationCallbackUri: overrides the connection's for this operation's events
}

// ---- Signals from legs. Each leg reports LegAnswered at most once, and
// LegFailed or LegEnded exactly once and last. ----

// LegArrived opens a call: somebody dialled us.
type LegArrived struct {
	reports
	Call        ID
	Leg         LegID // NewLegID(Call, 1)
	From        Address
	FromName    string // display name, "" for a phone number
	To          Address
	Publish     bool // To belongs to this resource: applications get IncomingCall
	Dial        bool // To has an endpoint: it is rung
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
}

// LegRinging: the far end of a dialled leg rings.
type LegRinging struct {
	reports
	Leg LegID
}

// LegAnswered: media flows. For a dialled leg the far end has answered, for an
// incoming leg our answer has been acknowledged.
type LegAnswered struct {
	reports
	Leg    LegID
	Name   string // display name of a user whom we dialled
	Dialog Dialog
}

// LegUnclaimed: the dialled address belongs to this resource and has no
// endpoint, so an application may answer for it.
type LegUnclaimed struct {
	reports
	Leg LegID
}

// LegFailed: the leg ended before it was answered.
type LegFailed struct {
	reports
	Leg   LegID
	Cause Cause
}

// LegEnded: the leg ended after it was answered.
type LegEnded struct {
	reports
	Leg   LegID
	Cause Cause
}

// ToneReceived: a participant pressed a key; reported once a key, when it is released.
type ToneReceived struct {
	reports
	Leg  LegID
	Tone Tone
}

// ---- Signals from players. PlayerFinished or PlayerFailed comes exactly once
// and last, also for a player that was stopped. ----

// PlayerStarted: the first frame of the operation's first source was heard.
type PlayerStarted struct {
	reports
	Operation OperationID
}

// PlayerFinished: the last frame of the last source was heard.
type PlayerFinished struct {
	reports
	Operation OperationID
}

// PlayerFailed: a source could not be played.
type PlayerFailed struct {
	reports
	Operation OperationID
	Source    int // index of the source
	Reason    Reason
}

// TimerFired: the time of a StartTimer effect has come.
type TimerFired struct {
	reports
	Timer TimerID
}

// NodeRestarted: the legs and players of this call died with the process that had them.
type NodeRestarted struct{ reports }

// NodeStopping: the server stops; the call's time is over.
type NodeStopping struct{ reports }

// ringTimeout is how long an incoming call rings, and how long a dialled
// party is rung unless the command says otherwise.
const ringTimeout = 30 * time.Second
