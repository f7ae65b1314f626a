// Package ga serves the general-availability family of the API, one file per
// verb: it reads the request, holds it to the published rules, makes a command
// of it, and answers with exactly the published status. Official clients take
// any other success for an error.
//
// It guarantees that a request which is refused has had no effect, and that
// what a client asked for and this server cannot do is refused, not ignored.
// (callIntelligenceOptions is accepted: it names a speech service of the cloud,
// and clients send it whether or not they will speak.)
//
// family.go is the table of all published operations: one that is not built yet
// has no function there. codes.go is the table of what refusals are answered
// with.
package ga
