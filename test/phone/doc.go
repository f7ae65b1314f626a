// Package phone drives real telephones in tests: baresip processes without a
// sound card.
//
// A phone says one tone, or nothing, and records all that it hears. It is told
// what to do and reports what happens over baresip's control connection; what
// went over SIP is read from its trace. Waiting is always for a fact, never for
// time to pass: each Await method fails the test at its deadline and prints what
// the phone had seen until then.
//
// [Start] starts the process and stops it when the test ends.
package phone
