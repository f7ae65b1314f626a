// Package transaction is the transaction layer of SIP: RFC 3261 17 as corrected
// by RFC 6026.
//
// The four state machines are tables (client.go, server.go): state and event in,
// next state and actions out, nothing else. A Layer drives them.
//
// What it promises:
//
//   - All messages, timers and calls of one Call-ID run in order on one goroutine,
//     its shard. There are a fixed number of shards and no goroutine per message
//     or transaction.
//   - A user hears of a client transaction every response that is not a
//     retransmission the machine absorbs, or one failure. Every 2xx to an INVITE is
//     passed on, also repeated ones and those of other forks.
//   - A server transaction repeats its last response by itself. A 2xx to an INVITE
//     is its user's to repeat (RFC 6026 7.1).
//   - Messages that find a shard's queue full are refused by Receive, so that the
//     caller can say so to the far end. Calls posted by Shard.Post always find
//     room: their senders bound them.
//   - What is kept of a finished transaction is its key and one serialised message.
package transaction
