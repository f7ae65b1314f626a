// Package soundfile makes the files that a recording becomes.
//
// Guarantees:
//   - A WAV is a whole file after each Write, of any size: past 4 GiB it becomes
//     RF64 in place. What a killed process left is made whole by RecoverWAV, with
//     every frame that reached the file, and goes on from there.
//   - A WAV may be read while it grows: a Reader sees no frame before it is whole.
//
// Samples are 16 bits, those of all channels at one moment side by side: a frame,
// in this package alone. A slice of samples holds whole frames.
package soundfile
