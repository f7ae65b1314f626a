// Package mixer lets people in a room hear each other.
//
// A tick is, in this order: a frame is read from every source and every player;
// all are brought to the room's rate and summed; every sink is given the sum
// less what its own member said, plus what is played to it alone, at its own
// rate; every tap is given a copy of the sum and of what each said.
//
// Guarantees:
//   - Each member hears the sum of everyone but itself with whom it shares a group,
//     saturated and never averaged; all are in one group until they are put elsewhere.
//     A tick costs O(members), and as much again for each different set of groups that
//     members have, unless all are in the default group alone. It allocates nothing and
//     copies nothing for taps that are not there.
//   - A room mixes at the lowest rate that serves its members: 8 kHz, and 16 kHz
//     while anyone who hears in it speaks or hears at 16 kHz. It changes over between two
//     ticks; no sample of anyone is lost, doubled or moved in time. For this, all
//     that enters and all that leaves is late by codec.Latency at any time, so
//     that sound is 2 ms on its way through a room. Only a stream that changes its
//     own rate loses what was held back of it.
//   - When Remove or Stop returns, the member or player is not touched any more.
//     What a player has to tell is told by the goroutine that runs Room.Run, never
//     by the clock.
//   - A tap never holds up the clock: it keeps a bounded number of ticks, drops
//     and counts the rest, and numbers them so that its reader sees the gap.
package mixer
