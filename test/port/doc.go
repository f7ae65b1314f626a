// Package port hands out free loopback ports to tests.
//
// A port is handed out once per process and is free for UDP and TCP at the
// moment it is handed out. Ports lie below the kernel's ephemeral range, so
// that no outgoing connection takes one between its choice and its use, and
// every process starts at its own place, so that two test binaries running
// at once seldom meet.
package port
