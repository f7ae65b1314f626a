// Package usage keeps what was used: one record for each leg, each application's
// seat and each recording that has ended.
//
// It guarantees:
//
//   - Every usage that the journal holds is entered into the ledger exactly once, also
//     across kill -9: what one record of the journal tells is one entry, which says how
//     far the journal was read, and is refused when that place is taken.
//   - Where a power cut takes steps from the journal that were entered already, what
//     ends again after it is not entered again.
//   - What waits to be entered stays in the journal, as long as there is room. Nothing
//     is entered on the way of a call: its step is stored before.
//   - The ledger keeps records for a time, and up to a number of bytes: the oldest go
//     first. That is independent of how long the journal remembers the call.
//   - A record has the ID of its leg, connection or recording, which no other has.
//   - Handler streams: what it needs of memory does not grow with what it tells. It
//     answers programs on this machine only.
package usage
