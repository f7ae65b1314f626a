// Package siptest is a telephone for tests: it registers, calls, is called,
// talks in tones and says what it hears. It stands on the user agent and on
// the media packages, not on the legs that it tests.
//
// Everything that it starts ends with the test, and every wait ends in a fact
// or fails the test.
package siptest
