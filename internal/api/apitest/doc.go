// Package apitest stands in for both sides of the API: Calls for what is behind
// it, Server for the API with a client that signs what it sends.
package apitest
