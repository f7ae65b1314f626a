// Package sip reaches participants by SIP: it turns a call's effects into SIP
// sessions and what becomes of them into signals, keeps the registrar, and
// decides who may call us.
//
// What it promises:
//
//   - A leg is one goroutine with one RTP session. Effects on a leg take effect
//     in the order of Perform; its signals come in the order in which things
//     happened. LegAnswered comes at most once, LegFailed or LegEnded exactly
//     once and last, and after it the leg's port is free.
//   - Perform never blocks. Signals may wait for room: they are given on the
//     leg's goroutine, never on the media clock, a SIP shard or a socket.
//   - A leg keeps at most 64 things waiting while its signals find no room.
//     Beyond that keys, ringing and re-INVITEs are dropped and counted (a
//     re-INVITE is refused with 500); answers and endings always have room.
//   - Nobody calls without being known: a trunk by its source, a user by the
//     password. Others hear at most a challenge, the same whomever they name, and
//     at a bounded rate. When there is no user who could come from anywhere, what
//     they send is not even parsed.
//   - Cancelling Run's context closes sockets and ports and leaves the far ends
//     as they are: it is not a hang-up.
package sip
