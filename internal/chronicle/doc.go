// Package chronicle tells people what happened in a call: which commands it was given
// and what they were answered, what its legs did and why they ended, which events
// followed and what came of telling them.
//
// It guarantees:
//
//   - All of it comes from the journal: a call's chronicle is there after it has ended
//     and after a restart, for as long as the journal keeps its records. What was
//     tried of its events is kept for as long as there is room for that.
//   - Nothing of it is in the way of a call: reading costs whoever reads.
//   - No line holds more of a URL than where it leads, and none holds headers.
//   - The handler answers this machine only, whatever address it listens on.
package chronicle
