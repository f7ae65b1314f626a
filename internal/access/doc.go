// Package access decides whether a caller may be heard, and proves to others
// that we are who we say.
//
// It guarantees:
//
//   - Verifier lets a request through only when one of the resource's keys
//     signed its method, path, query, host, date and the hash of its body. All
//     of that is checked before a byte of the body is read; BodyDigest then
//     checks the body. Signatures are compared in constant time, and a refusal
//     says which part is wrong, never what would have been right.
//   - In place of a signature it takes an access token of the Issuer, if there is one.
//   - Signer signs every callback with a token of the second in which it is sent
//     (RS256), and publishes the two documents with which a receiver verifies it.
//   - Sealer's tokens open again to exactly what was sealed, or not at all.
//   - Tokens makes the same token for a grant each time, so no token is stored.
//   - Secrets are made on first start, stay the same ever after, and are kept
//     in files that only their owner may read.
//
// The package imports nothing of the project. The signature over recorded content
// differs only in its host and path, see candidates.
package access
