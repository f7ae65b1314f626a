// Package webhook tells applications what happened: it reads the journal and
// posts callbacks and Event Grid events.
//
// It guarantees:
//
//   - At least once: an event is in the journal before it is sent, and is sent
//     until the application takes it or it is given up. After a crash about the
//     last second is sent again, with the same ids.
//   - The events of a connection arrive in order, one at a time, and nothing
//     follows the one that ends it. Event Grid events of one call arrive at a
//     subscription in order, but for IncomingCall, which waits for none; events of
//     different calls may overtake each other.
//   - Destinations do not wait for each other: each connection, each call at each
//     subscription, and each call at a URI that was named out of call has a queue
//     and a goroutine of its own while there is something to send. Tries that are
//     under way are bounded, in all, for a host and for an application of a host,
//     so that one that hangs leaves room to the others; see Config.InFlight.
//   - An event is not sent while the answer to a command of its call is being
//     written; see Courier.Hold.
//   - What cannot be delivered is given up, logged and counted: a callback after
//     Config.GiveUpAfter and a last try at the end of that time, at once when the application
//     refuses it (4xx; after a minute of 404 or 410, which an application answers while
//     it is deployed); an Event Grid event after Config.PublishFor, on the published
//     schedule; either when a queue is full, the oldest first. An endpoint that keeps failing has a line a minute in the log, which counts.
//   - What was given up is a dead letter, stored before it counts as settled: it
//     survives kill -9, can be seen, sent again with its id, and deleted. The oldest
//     go when Config.Keep is exceeded, which is counted and logged.
//   - What was tried is kept for people to read (Tries), written once a second and in
//     nobody's way; a crash may cost the last second of it.
//   - A subscription gets nothing before it has passed the validation handshake.
//
// How an event looks is its Family's to say, which the recipient's api-version
// chooses, or the EventGrid's: each is a folder of its own (ga, grid, later
// preview2021) that the server wires in. It is said once an event, not once a
// try or a subscription.
package webhook
