// Package archtest holds the layer table of docs/ARCHITECTURE.md true.
//
// Guarantees: a package under internal/ without a row fails, and is asked
// where it stands; an import that its package's row does not allow fails with
// file and line; the rules of a call stand on the standard library alone.
//
// Imports are parsed with go/parser, not listed with `go list`: the test cache
// watches the files that a test opens, so a new import runs the test again.
package archtest
