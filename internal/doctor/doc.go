// Package doctor proves that Strowger would work here, before a call does:
// addresses, media ports, certificates, storage, clock, webhooks, speech and
// trunks, each by doing what the server will do.
//
// Guarantees:
//
//   - Every line is ok, warn or fail, and one that is not ok says what to do.
//   - Nothing is changed: what is opened is closed, what is written is removed
//     (the development CA is only made by the server). No webhook is called and
//     no call is placed; a trunk gets one OPTIONS, a webhook one connection.
//   - Every check is bounded in time, so a silent network ends in a line and not
//     in a wait.
//   - Watch changes nothing either, but that a trunk which wants registrations gets
//     one while it listens in the server's place.
//   - A running Strowger on the same settings is recognised: the ports that it
//     holds are not a fault.
package doctor
