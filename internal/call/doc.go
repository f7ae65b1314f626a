// Package call holds the rules of a call: what may be commanded, what follows
// from it, and what applications are told.
//
// A Call is a deterministic state machine. Step applies one Input, a command
// from an application or a signal from a leg, a player or a timer, and returns
// an Output: the Events that applications are told, the Effects that are asked
// of the world, and the Answer to the command. Its guarantees:
//
//   - A refused input (an error from Step) changes nothing.
//   - Every accepted operation ends in exactly one terminal event, also when
//     the call ends, its participant leaves or its node is lost.
//   - Nothing follows a connection's final event.
//   - The same inputs give the same outputs: there is no clock, no randomness
//     and no I/O here. Time comes in as TimerFired, identifiers come in with
//     the commands that need them.
//
// The package imports the standard library only. Its State is plain data: the
// journal stores it, and Restore makes a Call from it again.
package call
