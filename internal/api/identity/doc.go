// Package identity serves users and their access tokens, as the official identity
// clients ask for them.
//
// It guarantees that what was answered is durable, that a request which is repeated
// with its Repeatability-Request-ID has its effect once, and that the resource's
// limits are kept: each operation has its own, which are our choice.
//
// What the service answers to refusals here is published as a shape only; codes.go
// has the codes.
package identity
