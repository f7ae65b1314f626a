// Package identity keeps the users who are made through the API, and what was
// granted to each.
//
// It guarantees:
//
//   - A user, a grant and a revocation are durable before they are answered, on the
//     embedded store and on a cluster alike, and every node comes to know them. The
//     node that answers knows them at once.
//   - A user's tokens are those of the grants that the user has now. Revoking takes
//     all of them, removing takes the user too, and each counts from when its answer
//     is out.
//   - What is kept is bounded: UsersMost users, and GrantsMost grants each, of which
//     the oldest gives way to a new one.
//   - The same seed makes the same user and the same grant once, so that a request
//     that is repeated is answered alike.
//
// No token is stored: a Book has the grants, and access.Tokens makes the token of
// one. The directory asks a Book about users that its settings do not name; that is
// the only way from here to calls.
package identity
