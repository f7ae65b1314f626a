// Package recording keeps what was said in calls.
//
// A recording is spooled on this machine's disk while it is made, as WAV, and
// becomes one or several chunks, which are files of the format that was asked for.
// Each chunk is put into the store, with its metadata, when it is whole; the node's
// disk is only a spool. What it guarantees:
//
//   - Every tick of the room is in the file, in its place. Where the reader was too
//     slow for the clock there is silence of the same length, which is counted.
//   - What is paused is absent, and listed in the metadata.
//   - The channels of an unmixed recording line up to the sample.
//   - What was written before a crash is readable. The next process finishes the
//     recording from its spool: nobody has to remember it but its folder.
//   - A recording is told to be finished when its files are in the store, durably,
//     with a length and a SHA-256, and is told until that is stored.
//   - Neither the media clock nor a call ever waits for a disk, an encoder or a store.
package recording
