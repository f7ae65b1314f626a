// Package player makes sound out of files: it reads WAV (Audio, at the file's own
// rate), brings it to a rate of sources (Prompt) and plays it frame by frame
// (Player).
//
// Guarantees: a Prompt is immutable and may be played by any number of Players
// at once; a Player allocates nothing after New. Reading a hostile or broken
// file ends in an error or in bounded sound, never in a panic.
package player
