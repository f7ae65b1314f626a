// Package player makes sound out of files: it reads WAV while it comes (Reader), or
// as a whole (Audio, at the file's own rate), brings it to a rate of sources
// (Prompt) and plays it frame by frame (Tape).
//
// Guarantees: a Prompt is immutable and may be on any number of tapes at once; a
// Tape neither allocates nor waits when it is played, and holds no more than what
// was not played yet. Reading a hostile or broken file ends in an error that names
// what is wrong or in bounded sound, never in a panic, and holds 16 KiB of the
// file.
package player
