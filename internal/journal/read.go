package journal

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"strowger/internal/call"
)

// followPause is how long a reader waits after the store has failed it.
const followPause = 500 * time.Millisecond

// Follow hands the records of a stream to f, in order, from a position on (zero:
// from the oldest) and as they come, until ctx ends or f fails; it returns
// f's error or the context's. Sequences have gaps, and go back when the store
// has lost its newest records: what was read and lost is logged and counted.
//
// A record that cannot be read is logged and counted; f gets nothing of it but
// its sequence and time, as it does of a copy that Run made. So is an event that
// a newer version has added; f gets an Unknown in its place, and the record's
// other events as they are.
func (j *Journal) Follow(ctx context.Context, stream int, from Position, f func(Record) error) error {
	at := Position{max(from.Next, 1), from.Last}
	for {
		failed, err := j.follow(ctx, stream, &at, f)
		if failed != nil || ctx.Err() != nil {
			return fmt.Errorf("follow stream %d: %w", stream, cmp.Or(failed, ctx.Err()))
		}
		j.log.Warn("reading the journal was interrupted", slog.Int("stream", stream), slog.String("error", err.Error()))
		wait(ctx, followPause)
	}
}

// follow reads until the store fails, or f does.
func (j *Journal) follow(ctx context.Context, stream int, at *Position, f func(Record) error) (failed, err error) {
	on, lost, err := j.standing(ctx, stream, *at)
	if err != nil {
		return nil, err
	}
	j.tell(stream, on, lost)
	*at = on
	err = j.store.Follow(ctx, stream, at.Next, func(m Message) error {
		if failed = f(j.record(m)); failed == nil {
			*at = Position{m.Sequence + 1, m.Time}
		}
		return failed
	})
	return failed, err
}

// record is what a follower is given of a message.
func (j *Journal) record(m Message) Record {
	empty := Record{Stream: m.Stream, Sequence: m.Sequence, Taken: m.Time}
	if m.Carried {
		return empty
	}
	r, err := forms.decode(m)
	if err != nil {
		j.unreadable.Add(1)
		j.log.Error("a record of the journal cannot be read; its events are not delivered",
			slog.String("error", err.Error()), slog.String("key", string(m.Key)))
		return empty
	}
	j.notice(r)
	return r
}

// notice counts the events of a record that cannot be told.
func (j *Journal) notice(r Record) {
	for _, e := range r.Events {
		if u, ok := e.(Unknown); ok {
			j.unknown.Add(1)
			j.log.Warn("an event that a newer version has added is not delivered by this one",
				slog.String("call", string(r.Call)), slog.String("event", u.Type))
		}
	}
}

// At is one record, or ErrNotFound.
func (j *Journal) At(ctx context.Context, stream int, sequence uint64) (Record, error) {
	m, err := j.store.At(ctx, stream, sequence)
	if err != nil {
		return Record{}, fmt.Errorf("read record %d of stream %d: %w", sequence, stream, err)
	}
	return forms.decode(m)
}

// Records hands the records of a call that are still there to f, in order, or
// answers ErrNotFound. One that cannot be read is passed over; Follow has told of it.
func (j *Journal) Records(ctx context.Context, key call.Key, f func(Record) error) error {
	found, last := false, uint64(0)
	err := j.store.Each(ctx, j.streamOf(key), key, func(m Message) error {
		found = true
		r, err := forms.decode(m)
		if err != nil || r.Step <= last { // a copy that Run made
			return nil
		}
		last = r.Step
		return f(r)
	})
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("read call %s: %w", key, err)
	}
	return nil
}

// Jot keeps a document of the reader of a stream: nothing may depend on it, since
// the oldest are forgotten to make room. Jotted hands those since a time to f.
func (j *Journal) Jot(ctx context.Context, stream int, document []byte) error {
	return j.store.Jot(ctx, stream, document)
}

// Jotted is Jot's reverse.
func (j *Journal) Jotted(ctx context.Context, stream int, since time.Time, f func(document []byte) error) error {
	return j.store.Jotted(ctx, stream, since, f)
}

// End is the sequence of the last record of a stream, 0 when there never was one.
func (j *Journal) End(ctx context.Context, stream int) (uint64, error) {
	e, err := j.store.Extent(ctx, stream)
	if err != nil {
		return 0, fmt.Errorf("measure stream %d: %w", stream, err)
	}
	return e.Last, nil
}

// Checkpoint is how far the reader of a stream has come.
type Checkpoint struct {
	// Needed is the lowest sequence that the reader still needs: Run keeps
	// records from there on, as long as there is room.
	Needed uint64
	// Read is how far it has read.
	Read Position
	// Notes are the reader's own: half a megabyte at most.
	Notes json.RawMessage
}

func checkpointOf(stream int) string { return fmt.Sprintf(checkpointName, stream) }

// SaveCheckpoint keeps how far the reader of a stream has come.
func (j *Journal) SaveCheckpoint(ctx context.Context, stream int, c Checkpoint) error {
	document, err := json.Marshal(c)
	if err == nil {
		err = j.store.Put(ctx, checkpointOf(stream), document)
	}
	if err != nil {
		return fmt.Errorf("save checkpoint of stream %d: %w", stream, err)
	}
	return nil
}

// Checkpoint is what was saved last for a stream; its zero value when nothing was.
// It is never ahead of the stream: where records are lost that had been read, it
// goes back, which is logged and counted.
func (j *Journal) Checkpoint(ctx context.Context, stream int) (Checkpoint, error) {
	c, lost, err := j.checkpoint(ctx, stream)
	j.tell(stream, c.Read, lost)
	return c, err
}

func (j *Journal) checkpoint(ctx context.Context, stream int) (c Checkpoint, lost uint64, err error) {
	document, err := j.store.Get(ctx, checkpointOf(stream))
	if errors.Is(err, ErrNotFound) {
		return c, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(document, &c)
	}
	if err == nil && c.Read.Next > 0 { // older versions did not say
		c.Read, lost, err = j.standing(ctx, stream, c.Read)
		c.Needed = min(c.Needed, c.Read.Next)
	}
	if err != nil {
		return c, 0, fmt.Errorf("load checkpoint of stream %d: %w", stream, err)
	}
	return c, lost, nil
}
