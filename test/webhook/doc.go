// Package webhook is the application's side of callbacks in tests.
//
// A [Receiver] takes Call Automation callbacks and Event Grid notifications,
// answers the Event Grid validation handshake, and keeps every delivery in
// the order of arrival with the time at which it came. Waiting is for a
// delivery that fits, with a deadline that fails the test. Any path can be
// told to hang, to fail, to close the connection or to run a test's code
// before it answers. It also serves the files that tests play.
package webhook
