// Package telemetry is what is seen of Strowger from outside: its log, its
// metrics, its health and its profiles.
//
// Guarantees:
//
//   - The log has one line per decision, as JSON or text, on the writer given;
//     attributes named call, connection and leg carry their ids, and one that is
//     empty is left out.
//   - A metric is read from its owner when it is scraped: nothing here runs on
//     the media clock or in a call's goroutine.
//   - The operator's handler serves metrics, profiles and health, and nothing of
//     the public API; Health alone belongs on the public address too.
//   - Health changes state by Ready and NotReady only, and is safe to ask from
//     anywhere: not ready until the server says so, not ready again while it stops.
//
// Nothing is started here and no package-level state is touched: two servers in
// one process keep apart.
package telemetry
