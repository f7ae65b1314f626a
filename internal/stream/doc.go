// Package stream is an application's WebSockets at a call: on one it hears who speaks, and
// says what the application wants said; on another it reads what is said.
//
// It guarantees of sound:
//
//   - Of each voice, or of all together, there is one message for each 20 ms of the
//     media clock, also of silence, in the order of time, at 16 or 24 kHz, whatever
//     rates and people come and go.
//   - The clock waits for no socket: of what an application is too slow to take, two
//     seconds are kept, and the rest is dropped and counted.
//   - What an application says is played in the order in which it came and at the speed
//     of the clock, however fast it came: five minutes of it may wait, and then it is read
//     more slowly. A stop leaves out all that has not been played.
//
// Of text:
//
//   - Each person whose voice comes over a leg has an ear of their own from when they
//     come until they leave, and what they say is told with their name and the time since
//     the transcript began. Who is muted or on hold is not heard, nor is what is played.
//   - Results come in the order in which ears have them, those of one person in the order
//     of time. 512 may wait for the application; those of what may still change have half
//     of the room. The rest is dropped and counted.
//   - What was said before the end is told, for ten seconds at most, and so is what is
//     said while a socket is opened again.
//   - An ear that fails ends the transcript.
//
// Of both: a socket that does not open or that breaks is tried three times.
//
// The messages are those of the published API for audio and transcription; stopping and
// marks too.
package stream
