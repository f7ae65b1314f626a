// Package client is a small signed HTTP client for the REST API in tests.
//
// It signs on its own, from the published description, so that it checks the
// server's verification instead of sharing its mistakes. Answers come back
// raw: status, headers, body.
package client
