// Package reception receives whoever speaks SIP to us: it decides who is
// listened to, who may register and who may call whom, and registers us where
// trunks want that.
//
// What it promises:
//
//   - Nobody calls without being known: a trunk by its source, a user by the
//     password. Others hear at most a challenge, the same whomever they name, and
//     at a bounded rate. When there is no user who could come from anywhere, what
//     they send is not even parsed.
//   - Nothing is kept of a request that proves nothing: its challenge is sent once,
//     is never more than 512 bytes larger than the request over UDP, and costs no
//     memory. What one network (a /24 or /64) is sent for packets that anybody may
//     have written is bounded (package transport).
//   - A right password on a nonce of ours is looked at and let in at once, whatever
//     was guessed before, from where, and whatever else comes: also when the
//     phone's own address is written on a flood of packets. Without a nonce the
//     phone shares its address's allowance with such a flood, 20 messages a second.
//   - What is slowed is the 401 after wrong passwords, and only for who guesses: the
//     address that a nonce was sent to, or, where somebody is known, one name there.
//     Guesses need a nonce each, so many at once are no faster. At most 24 such
//     answers wait for one guesser and 2,048 in all; beyond that a guess is answered
//     503, at once, and a question over UDP waits for when it comes again.
//   - Whoever has proven a password is that user, whatever From says.
//   - A call that it lets in is the legs': reception has no call and no sound.
//   - What is remembered of strangers is bounded.
//
// Three questions, three files: admission.go (is this source heard at all?),
// identify.go (who is this? with guard.go, which checks credentials, and
// guesses.go), route.go (whom do they want, and may they?).
package reception
