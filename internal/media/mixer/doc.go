// Package mixer lets people in a room hear each other.
//
// Guarantees: each member hears the sum of everyone but itself, saturated and
// never averaged; a tick costs O(members) and allocates nothing. When Remove or
// Stop returns, the member or player is not touched any more. What a player
// has to tell is told by the goroutine that runs Room.Run, never by the clock.
package mixer
