// Package switchboard gives every call its goroutine.
//
// One actor owns one call: it takes commands and signals from its mailbox, in
// order, steps the rules, stores what follows, answers, and hands the effects
// out. Its guarantees:
//
//   - Durable, then answered, then visible: a command is answered and its
//     effects are performed only after the journal has acknowledged the step.
//   - As long as it is not known whether a step is stored, its call waits: then its
//     effects follow, though whoever gave the command may be gone. Other calls do
//     not wait, nor does the sound of this one.
//   - A command that is not stored for certain is refused, and has no effect. A
//     signal that cannot be stored is tried again until it is, whoever waits for it:
//     what a leg reports is not lost while this process lives and owns the call.
//     Where it can never be stored, the call ends, as does one whose record
//     cannot be read; no other call notices.
//   - A full mailbox refuses commands (call.TooBusy) and makes signals wait.
//     Whoever signals must not be the media clock.
//   - Timers are state: a call that was loaded again has those that it had, and
//     what was due meanwhile comes before anything that is asked of it.
//   - What one call asks of another is a command or a signal like all others: it goes
//     through the mailbox of that call, which may refuse it, and no call waits for
//     another. The one that asked hears what came of it, unless the process ends
//     first.
//   - An actor lives as long as there is a call for it to own. One whose call
//     is over, was refused, has another owner or is not in the journal is gone.
//
// Legs, the sound of a call and the journal are seen through the interfaces
// declared here, in the words of package call.
package switchboard
