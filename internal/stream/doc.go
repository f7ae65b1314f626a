// Package stream is an application's WebSocket at a call: it hears who speaks, and says
// what the application wants said.
//
// It guarantees:
//
//   - Of each voice, or of all together, there is one message for each 20 ms of the
//     media clock, also of silence, in the order of time, at 16 or 24 kHz, whatever
//     rates and people come and go.
//   - The clock waits for no socket: of what an application is too slow to take, two
//     seconds are kept, and the rest is dropped and counted.
//   - What an application says is played in the order in which it came and at the speed
//     of the clock, however fast it came: five minutes of it may wait, and then it is read
//     more slowly. A stop leaves out all that has not been played.
//   - A socket that does not open or that breaks is tried three times.
//
// The messages are those of the published API for audio; stopping and marks too.
package stream
