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
//   - A right password is let in at once, whatever was guessed before and from
//     where. What is slowed is the 401 after wrong ones, and only for who guesses:
//     a source, or, where somebody is known, one name there. Guesses need a nonce
//     each, so many at once are no faster. At most 24 such answers wait for one
//     guesser and 2,048 in all; beyond that the answer is 503, at once.
//   - Whoever has proven a password is that user, whatever From says.
//   - A call that it lets in is the legs': reception has no call and no sound.
//   - What is remembered of strangers is bounded.
//
// Three questions, three files: admission.go (is this source heard at all?),
// identify.go (who is this? with guard.go, which checks credentials, and
// guesses.go), route.go (whom do they want, and may they?).
package reception
