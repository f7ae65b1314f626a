// Package e2e proves Strowger from outside: the real binary, telephones that
// we did not write (baresip), telephone networks that we did not write (SIPp),
// the published JavaScript SDK, and webhooks that record what they are told.
//
// Tests wait for facts and never for time to pass. Each has a server, ports
// and data of its own and runs beside the others.
package e2e
