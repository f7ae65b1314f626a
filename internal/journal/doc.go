// Package journal remembers durably what happened in every call. It holds one
// Record per step of a call: the events of the step and the state after it, which
// is written whole or as what has changed since the record before.
//
// It guarantees:
//
//   - What Append has acknowledged survives kill -9, and a power cut unless
//     Config.SyncInterval is set.
//   - A call has one writer. An Append by anyone who has not seen the last
//     record of the call is refused with ErrFenced and leaves no trace. A writer
//     whose acknowledgement was lost finds its own record and goes on: as long
//     as it is not known what came of a record, the same record is tried.
//   - A record is all or nothing: there are no events without their state.
//   - What a call writes grows with what happens in it, not with the square of its
//     size, but for events that are large themselves. To load it, no more is read
//     than nine times its state, and 1,024 records.
//   - The records of a call are read in the order in which they were appended,
//     and each event has the same EventID whenever and wherever it is read.
//   - Nothing is dropped silently. When there is no room, appends fail with
//     ErrFull (the stream) or ErrNoSpace (the disk) and what was accepted stays.
//     Run keeps that from happening: it removes the oldest half of a full stream,
//     except for the state of calls that have not ended and for what its reader
//     has not finished with.
//   - When it happens, new calls are refused first, and Room says so and why. The
//     calls that are there go on: an eighth of every stream, and a file of the
//     disk, are kept for them. Afterwards everything goes on by itself, also when
//     the embedded server could not write: it is started again under whoever reads
//     and appends.
//   - What was stored stays readable. Records say which form they are in: older
//     forms are brought up to today's, and what a newer minor form adds is
//     carried along untouched; see Form. A record that cannot be read even so is
//     ErrUnreadable, with enough to end its call.
//   - A record that the store has no room for in a message is refused with
//     ErrTooLarge before it is sent. A step that ends its call has twice the room
//     of any other, so that no call is too large to end.
//   - A reader is never ahead of its stream. Where the store has lost records that
//     were read already, in a power cut, those that take their sequences are read;
//     what was lost is logged and counted. See Position.
//   - A record notes what its input was and what came of it, for people (Note): in
//     bounded text, by which nothing is decided. Jottings are less than that: the
//     oldest are forgotten to make room.
//   - What is put on the shelf, beside the calls, stays until it is taken off.
//   - A Ledger keeps for a time, which may be longer than the journal's, what its
//     readers enter, each once.
//   - A Cabinet keeps small documents of others by name, as durably, for every node.
//   - A record says which node wrote it, and Live whose each call is.
//
// Calls are spread over several streams by a hash of their key, because a
// stream flushes one record at a time. The number of streams is chosen once per
// installation and remembered in the store.
//
// Text is UTF-8; other bytes come back as U+FFFD, as always in JSON.
package journal
