// Package outcome puts how something ended in the published words: code,
// subcode and message. It holds the only table of them, for all families.
//
// It guarantees an answer for every reason of the rules; a reason that a table
// does not name is an unknown failure, 500/9999, and a test finds it.
package outcome
