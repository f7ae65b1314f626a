// Package recognition listens for us: what is said becomes text.
//
// A Recognizer has engines. Of each voice that is listened to it makes an Ear, which
// is fed the voice's frames. The ear finds out by itself when somebody speaks (package
// media/vad), has an Engine recognise each utterance, from the first sound to the
// pause after the last, and tells what comes of it.
//
// Guarantees:
//   - An ear is fed without waiting: what it hears waits for an engine, in a bound.
//   - Of each utterance is told, in this order: Began, Partials if they were wished
//     for, and either Ended or, once and last of all, Failed.
//   - Sound is 16 bits, mono, at RateHz for engines, whatever the ear was fed.
//   - At most so many ears are open at once; one more is refused at once.
//   - An engine that dies is started again; the utterances that it had fail.
package recognition
