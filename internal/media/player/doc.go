// Package player makes sound out of files: it reads WAV, brings it to a room's
// rate once, and plays it frame by frame.
//
// Guarantees: a Prompt is immutable and may be played by any number of Players
// at once; a Player allocates nothing after New. Reading a hostile or broken
// file ends in an error or in bounded sound, never in a panic.
package player
