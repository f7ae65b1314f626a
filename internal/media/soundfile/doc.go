// Package soundfile makes the files that a recording becomes: WAV while the sound
// comes, then MP3 or MP4 from that WAV.
//
// Guarantees:
//   - A WAV is a whole file after each Write, of any size: past 4 GiB it becomes
//     RF64 in place. What a killed process left is made whole by RecoverWAV, with
//     every frame that reached the file, and goes on from there.
//   - A WAV may be read while it grows: a Reader sees no frame before it is whole.
//   - An MP3 or MP4 that grows is read by players up to its last whole frame or
//     fragment, wherever it is cut; players that do not heed what a fragmented file
//     says of the encoder's delay hear it up to 105 ms late at 16 kHz. When it is
//     closed its duration is right, it can be sought in, and its sound lies at the
//     very sample where it did before.
//   - The encoders are libraries of C that are opened at run time. One that is
//     missing is a MissingError that says what to install, before anything is
//     written.
//   - An Encoder has no goroutine. It holds the sound of one fragment and what its
//     library needs, which does not grow and is given back by Close. One goroutine
//     may use one at a time; any number may work side by side.
//
// Samples are 16 bits, those of all channels at one moment side by side: a frame,
// in this package alone. A slice of samples holds whole frames.
package soundfile
