// Package preview2021 serves the original preview of the API, of 2021, one file per
// verb, on the rules that the general-availability family has too: a call that is
// made through either is seen and controlled through the other.
//
// It is two families, because the same paths have other bodies: Core is
// 2021-06-15-preview and 2021-08-30-preview, Extension 2021-11-15-preview. What can be
// asked through a connection (in call) and of a call that somebody only has the name
// of (out of call) is read by the same functions; a place says which it is.
//
// It guarantees that a request which is refused has had no effect, and that refusals
// have the codes and sentences that the service was seen using (codes.go). family.go
// is the table of all operations.
package preview2021
