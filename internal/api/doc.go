// Package api is the server: it turns HTTP requests into commands, and what
// became of them into answers.
//
// It guarantees:
//
//   - Nothing is reachable without credentials except health and the documents
//     with which callbacks are verified.
//   - A command's answer is written and flushed before anybody may be sent an
//     event that the command caused: the Gate of its call is held from before
//     the command until then.
//   - A command that is given again with its Repeatability-Request-ID carries
//     the same request into the call, which answers as it did the first time.
//   - Every refusal has the published shape and names the field that is wrong.
//     Faults of our own are logged once and shown as nothing but that.
//   - Bodies are bounded, and not read before the signature has been checked.
//
// A family is one generation of the published API, chosen by api-version:
// api/ga holds the general-availability versions, and api/preview2021 will
// stand beside it. A family is a table of operations; this package does for
// each of them what all have in common. failure.go has the one table from
// kinds of refusal to status and code.
package api
