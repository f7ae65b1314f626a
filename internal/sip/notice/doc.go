// Package notice tells the operator what SIP peers send that is not served, and
// why.
//
// What it promises:
//
//   - What comes from a known source (a trunk, or where a password was proven) and
//     is refused makes one line in the log, each time.
//   - What comes from strangers makes a line the first time, and then one a minute
//     at most for the same source, method and reason. There are at most 5 such lines
//     a second in all, 50 at once; each says how many were left out before it.
//   - The List remembers the latest 512 kinds of requests, served or not, with how
//     often they came. Strangers' give way first. Nothing else is remembered, and
//     nothing waits: a List may be told from any goroutine.
//   - What a far end wrote is shown within bounds and on one line.
package notice
