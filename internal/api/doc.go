// Package api turns HTTP requests into commands, and what became of them into
// answers.
//
// It guarantees:
//
//   - Nothing is reachable without credentials except health and the documents
//     with which callbacks are verified.
//   - A command's answer is written and flushed before anybody may be sent an
//     event that the command caused: Calls.Do holds them back from before the
//     command until it is told that the answer is out.
//   - A command that is given again with its Repeatability-Request-ID carries
//     the same id into the call, which answers as it did the first time.
//   - Every refusal has the published shape and names the field that is wrong.
//     Faults of our own are logged once and shown as nothing but that.
//   - Bodies are bounded, and not read before the signature has been checked.
//
// A Family is one generation of the published API, chosen by api-version: api/ga
// holds the general-availability versions, and api/preview2021 will stand beside
// it. A family is a table of operations and a table of codes; this package does
// for each operation what all have in common. Most operations give a command to
// a call: Command reads, has it done, and shows the answer. The rules name the
// part of a command that is wrong; Operation.Fields says where that part stands
// in the request.
package api
