// Package server runs the real strowger binary in tests.
//
// The binary is built once per test process, without C. Each [Start] gives a
// server its own data directory, configuration and free ports, waits until
// /health/ready says yes, and stops it when the test ends. A server can be
// killed and started again on the same data: its addresses stay.
package server
