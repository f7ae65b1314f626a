// Package lab stands in for the telephone network: one SIP endpoint with
// numbers that behave as people do, for `strowger dev` and for tests.
//
// What it promises: each number does the same on every call and knows nothing
// of who calls; a call's port is given back when the call ends; the lab never
// calls anybody.
package lab
