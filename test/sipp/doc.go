// Package sipp runs SIPp as a telephone network in tests: as the trunk that
// gets our calls (it rings, is busy, crosses our CANCEL with its 200) and as
// the trunk from which calls come.
//
// Scenarios are SIPp's own XML under scenarios/, written as Go templates so
// that what every scenario repeats (a reply, an offer) stands in parts.xml
// once. A run takes a free port, and the test's end stops it. [Peer.Await]
// returns SIPp's own statistics; a call counts as successful only when every
// message came as the scenario says.
package sipp
