// Package archtest holds true what docs/ARCHITECTURE.md and
// docs/compatibility.md say about the tree.
//
// Guarantees: a package under internal/ without a row in the layer table
// fails, and is asked where it stands; an import that its package's row does
// not allow fails with file and line; the rules of a call stand on the
// standard library alone; a test, call story, SDK scenario or file that a page
// names or links to is there; an operation or event that the code has is on the
// page.
//
// Sources are parsed with go/parser, not listed with `go list`: the test cache
// watches the files that a test opens, so a new import runs the test again.
package archtest
