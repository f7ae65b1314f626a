// Package sip reaches participants by SIP: it turns a call's effects into SIP
// sessions and what becomes of them into signals. Who may call us is decided
// before, by package reception, which hands over the calls that it lets in.
//
// A leg has one sound and one or more lines: a line is one SIP session (one
// dialog), the caller's, or one for each contact of the user who is rung.
//
// What it promises:
//
//   - A leg is one goroutine with one RTP session. Effects on a leg take effect
//     in the order of Perform; its signals come in the order in which things
//     happened. LegAnswered comes at most once, LegFailed or LegEnded exactly
//     once and last, and after it the leg's port is free.
//   - Who may have others called for it (REFER), and who may take over whose call
//     (Replaces), is decided by who was let in at the far end, and never by what a
//     message says of itself.
//   - Perform never blocks. Signals may wait for room: they are given on the
//     leg's goroutine, never on the media clock, a SIP shard or a socket.
//   - A leg keeps at most 64 things waiting while its signals find no room.
//     Beyond that keys, ringing and re-INVITEs are dropped and counted (a
//     re-INVITE is refused with 500); answers and endings always have room.
//   - Cancelling Run's context closes the ports and leaves the far ends as they
//     are: it is not a hang-up.
package sip
