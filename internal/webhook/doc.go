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
//     subscription in order; events of different calls may overtake each other.
//   - Destinations do not wait for each other: each connection, and each call at
//     each subscription, has a queue and a goroutine of its own while there is
//     something to send.
//   - An event is not sent while the answer to a command of its call is being
//     written; see Gate.
//   - What cannot be delivered is given up, logged and counted: after
//     Config.GiveUpAfter, at once when the application refuses it (4xx), and
//     when a queue is full, the oldest first.
//   - A subscription gets nothing before it has passed the validation handshake.
//
// A family of events is rendered in a folder of its own: ga, grid (Event Grid),
// later preview2021. How something ended is put in published codes by outcome.
package webhook
