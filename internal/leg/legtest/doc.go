// Package legtest imitates legs for tests of whoever commands them.
//
// It does nothing by itself: a test takes the effects that were asked for, in
// order, and signals what it pretends came of them. It works in a
// testing/synctest bubble too.
package legtest
