// Package lab stands in for the telephone network: one SIP endpoint with
// numbers that behave as people do, and callers who call a server's own numbers,
// for `strowger dev`, `strowger lab call` and tests.
//
// What it promises: each number does the same on every call and knows nothing
// of who calls; a call's port is given back when the call ends; a number never
// calls anybody. A caller (Call) does what it is told, reports what happens as
// it happens, and leaves nothing behind.
package lab
