package transaction

import "time"

// Base timers, RFC 3261 17.1.1.1 and table 4.
const (
	T1 = 500 * time.Millisecond // round trip estimate
	T2 = 4 * time.Second        // longest retransmission interval of non-INVITEs and responses
	T4 = 5 * time.Second        // longest life of a message in the network
)

// State is a state of any of the four machines.
type State uint8

const (
	Calling State = iota
	Trying
	Proceeding
	Completed
	Confirmed
	Accepted // RFC 6026
	Terminated
)

func (s State) String() string {
	return [...]string{"Calling", "Trying", "Proceeding", "Completed", "Confirmed", "Accepted", "Terminated"}[s]
}

// Event is what happens to a transaction. Provisional, Success and Failure are
// responses: received by a client, or given by the user of a server.
type Event uint8

const (
	Provisional Event = iota // 1xx
	Success                  // 2xx
	Failure                  // 300-699
	Request                  // the request again (server)
	Ack                      // an ACK with this transaction's branch (INVITE server)
	TransportError
	TimerA   // INVITE client: send the request again
	TimerB   // INVITE client: nobody answered
	TimerD   // INVITE client: the failure is not repeated any more
	TimerE   // client: send the request again
	TimerF   // client: nobody answered
	TimerG   // INVITE server: send the failure again
	TimerH   // INVITE server: nobody acknowledged
	TimerI   // INVITE server: the ACK is not repeated any more
	TimerJ   // server: the request is not repeated any more
	TimerK   // client: the response is not repeated any more
	TimerL   // INVITE server, RFC 6026: the INVITE is not repeated any more
	TimerM   // INVITE client, RFC 6026: no 2xx comes any more
	Timer100 // INVITE server: the user has said nothing yet
)

func (e Event) String() string {
	return [...]string{"1xx", "2xx", "300-699", "request", "ACK", "transport error",
		"A", "B", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "100"}[e]
}

// Action is what a transaction does about an event, in the order of its rule.
type Action uint8

const (
	Send       Action = iota // client: the request. Server: the newest response
	SendAck                  // the ACK of a failure, which belongs to the transaction
	SendTrying               // 100 Trying
	Pass                     // give the response, or the ACK, to the user
	TimedOut                 // tell the user that no one answered (or acknowledged)
	Broken                   // tell the user that the transport failed
	StopTimers
	StartA
	StartB
	StartD
	StartE
	StartEAtT2
	StartF
	StartG
	StartH
	StartI
	StartJ
	StartK
	StartL
	StartM
	Start100
)

// rule is one arrow of an RFC figure.
type rule struct {
	next State
	do   []Action
}

// machine is one of the RFC's figures. An event that a state has no rule for
// changes nothing: it is a retransmission to absorb, or a timer that lost its race.
type machine struct {
	name  string
	start rule
	rules map[State]map[Event]rule
}

func do(actions ...Action) []Action { return actions }

// timing says how long the timer of a Start action runs and which event ends it.
// A timer is one of two kinds: every state has at most one that repeats a message
// and one that bounds the state's life.
type timing struct {
	event  Event
	repeat bool          // doubles at each start; not used on a reliable transport
	limit  time.Duration // where the doubling stops, 0 for never
	first  time.Duration
	// zeroWhenReliable is for timers that only wait for retransmissions: they run
	// for no time on a reliable transport (RFC 3261 table 4).
	zeroWhenReliable bool
}

var timings = map[Action]timing{
	StartA: {event: TimerA, repeat: true, first: T1},
	StartB: {event: TimerB, first: 64 * T1},
	StartD: {event: TimerD, first: 32 * time.Second, zeroWhenReliable: true},
	StartE: {event: TimerE, repeat: true, first: T1, limit: T2},
	// 17.1.2.2: after a provisional response the request is repeated every T2.
	StartEAtT2: {event: TimerE, repeat: true, first: T2, limit: T2},
	StartF:     {event: TimerF, first: 64 * T1},
	StartG:     {event: TimerG, repeat: true, first: T1, limit: T2},
	StartH:     {event: TimerH, first: 64 * T1},
	StartI:     {event: TimerI, first: T4, zeroWhenReliable: true},
	StartJ:     {event: TimerJ, first: 64 * T1, zeroWhenReliable: true},
	StartK:     {event: TimerK, first: T4, zeroWhenReliable: true},
	StartL:     {event: TimerL, first: 64 * T1},
	StartM:     {event: TimerM, first: 64 * T1},
	Start100:   {event: Timer100, first: 200 * time.Millisecond},
}

func responseEvent(code int) Event {
	switch {
	case code < 200:
		return Provisional
	case code < 300:
		return Success
	}
	return Failure
}
