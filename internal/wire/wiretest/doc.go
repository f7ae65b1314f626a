// Package wiretest holds every family of the public API to the same: each type
// has golden documents in wire/testdata, which say the same when they are decoded
// and encoded again, and each field of a request has a bound that the
// documentation tells. Its functions are for tests of the families' packages.
package wiretest
