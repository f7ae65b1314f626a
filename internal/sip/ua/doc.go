// Package ua is a SIP user agent: it places, takes and ends calls, and answers
// and sends requests outside of them. The server's legs and the lab's numbers
// both stand on it.
//
// What it promises:
//
//   - Everything about one Call-ID happens in order on one goroutine (its
//     shard). Handler and Observer methods are called there and must not block.
//   - Every Session ends in exactly one of Observer.Failed (it was never
//     answered) and Observer.Ended (it was). Nothing follows that call.
//   - Session methods may be called from any goroutine, at any time and in any
//     state, and never block. One that makes no sense in the present state does
//     nothing. A session keeps at most 32 of them waiting and ignores (and logs)
//     more, except Hangup, which always has room.
//   - Hangup reports Failed or Ended with Origin Local at once; what the protocol
//     still owes (CANCEL, ACK, BYE, retransmissions) is then done silently.
//   - A malformed message ends no call but, at most, the one connection that it
//     came on when that is a stream whose framing it broke.
//   - Cancelling Run's context stops the sockets and goroutines and leaves the
//     sessions as they are: no BYE is sent and no observer is called. Hanging up
//     is the caller's decision; a Dialog kept elsewhere can be taken up again
//     with Resume by another process.
//   - A request that a Screener turns away costs no memory, and its answer is sent
//     once (screen.go).
//   - What a process with the same Secret has placed can be taken back (TakeBack),
//     and a 2xx to a call that is provably ours and that no session knows is
//     acknowledged and ended (takeback.go).
//   - Every request that is refused is told to the list of notices with the reason,
//     once; so is what cannot be read or answered. Sessions that somebody took are
//     theirs to tell of.
//   - Every queue is bounded: a message for a shard that is full is dropped and
//     counted, and a new request is answered 503 first.
//
// Where to look: intake.go sorts what arrives (RFC 3261 8.2); uac.go and uas.go are
// the two roles of an initial INVITE; indialog.go is everything after; pending.go
// is one request of ours with its retries; dialog.go is RFC 3261 12; build.go makes
// messages; body.go finds the SDP in one; refuse.go has all refusals with their
// reasons. Beneath are the packages transaction (RFC 3261 17) and transport (18).
//
// What is not here yet has its place: 100rel and session timers for calls that we
// place in uac.go, beside reliable.go and timer.go, which serve who calls us; UPDATE
// beside re-INVITE in indialog.go; several early dialogs in Observer.Progress, whose Dialog tells forks
// apart by RemoteTag; SRV and NAPTR in transport's lookup.
package ua
