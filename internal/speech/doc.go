// Package speech makes sound out of words: plain text, and SSML (W3C Speech
// Synthesis Markup Language 1.1, the part of it that is said in ssml.go).
//
// An Utterance becomes a Script: lines of plain text, each with its language, voice
// and manner, and pauses between them. So an Engine knows nothing but plain text, and
// SSML means the same whichever engine speaks. A line is a sentence: the first is
// heard while the next is not made yet.
//
// Guarantees:
//   - What Check accepts, Open begins to speak, as long as the engine works.
//   - Sound is 16 bits, mono, at RateHz, whatever the engine made.
//   - An engine that is missing, or that fails, takes away its own voices and nothing
//     else: the next engine that has one for the language speaks.
//   - At most so many lines are being made at once; who would have to wait too long
//     gets a Failure that says so.
package speech
