// Package journaltest has a journal in memory that behaves as the real one
// does: it is the same code over another store. It works in a synctest bubble.
package journaltest
