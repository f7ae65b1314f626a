// Package identity has the types of the identity API as published: users and their
// access tokens.
package identity
