// Package bridge answers what a call sounds like: it joins the legs of a call
// in a room, plays to them, and reports what became of it.
//
// A Bridge performs the effects of many calls. Each call that has sound has a
// conversation: one goroutine that does what its call asks, in order, and a
// room on one of the clock's loops. Its guarantees:
//
//   - Effects of one call are done in the order in which they were given.
//   - A player that was started is reported as finished or failed exactly once and
//     last, also when it was stopped, and as started before that when any
//     of it was heard.
//   - With ProofOfHearing the end of a play waits for the reports of whoever was given any
//     of it, for that long at most, and says what was sent to each and has arrived.
//   - An ear hears one leg by itself from the tick after it was opened, on hold too, and
//     silence while it is muted; it is closed with its operation or its call.
//   - Fetching a file holds up neither the call nor anybody's sound. A play is heard
//     from its first source on, while the next is opened; a source that cannot be
//     played fails the play when it is reached, and what came before it is heard.
//   - A player that is prepared has its beginning on its tape when its turn comes. Nothing
//     is told of it before: what could not be fetched is tried again then, and fails it.
//   - What plays hold in memory is bounded in bytes, whatever the length and number
//     of their sources: 256 KiB ahead of the clock (64 KiB before its turn) and 1 MiB for a loop each, 4 MiB a
//     call, 64 MiB in all; beyond that a play still has 16 KiB, one second. Kept
//     files (up to 4 MiB of sound each, 128 MiB in all, 64 MiB more while they are
//     fetched) are decoded once and brought once to each rate at which they are
//     played. The figures are in budget.go.
//   - A leg gives and takes frames of its own rate; the room follows the legs that
//     are in it, and what is played follows the room.
//   - After Close nothing of the call runs any more.
package bridge
