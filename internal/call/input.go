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

// Opening is an input that begins a call.
type Opening interface {
	Input
	Opens() ID
}

// Repeatable makes a command one that may be given again: with the same
// RequestID it acts once and is answered alike. With an empty RequestID it acts
// each time it is given. Digest tells whether it is the same: one request ID does
// not stand for two requests.
type Repeatable struct {
	RequestID string
	Digest    string
}

func (r Repeatable) repeatable() Repeatable { return r }
func (Repeatable) input()                   {}

// reports marks a type as a Signal.
type reports struct{}

func (reports) input()  {}
func (reports) signal() {}

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
	Hearing   []Hearing // when it is proved
}

// PlayerFailed: a source could not be played.
type PlayerFailed struct {
	reports
	Operation OperationID
	Source    int // index of the source
	Reason    Reason
	Detail    string // what is wrong with the source; often empty
}

// TimerFired: a timer of the call is due.
type TimerFired struct {
	reports
	Timer TimerID
}

// NodeRestarted: the legs and players of this call died with the process that had them.
type NodeRestarted struct {
	reports
	Alive time.Time // when that is known to have lived last; zero: not known
}

// NodeStopping: the server stops; the call's time is over.
type NodeStopping struct{ reports }

// Outgrown: the state of the call has become too large to be stored, so that the
// call can only end.
type Outgrown struct{ reports }

// ringTimeout is how long an incoming call rings, and how long a dialled
// party is rung unless the command says otherwise.
const ringTimeout = 30 * time.Second
