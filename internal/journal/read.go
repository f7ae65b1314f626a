package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// Follow hands the records of a stream to f, in order, from a sequence on (0:
// from the oldest) and as they come, until ctx ends or f fails; it returns
// f's error or the context's. Sequences have gaps. A record that cannot be
// read is logged and counted; f gets nothing of it but its sequence, as it does
// of a copy that Run made. So is an event that a newer version has added; f gets
// an Unknown in its place, and the record's other events as they are.
func (j *Journal) Follow(ctx context.Context, stream int, from uint64, f func(Record) error) error {
	err := j.store.Follow(ctx, stream, from, func(m Message) error {
		empty := Record{Stream: m.Stream, Sequence: m.Sequence}
		if m.Carried {
			return f(empty)
		}
		r, err := forms.decode(m)
		if err != nil {
			j.unreadable.Add(1)
			j.log.Error("a record of the journal cannot be read; its events are not delivered",
				slog.String("error", err.Error()), slog.String("key", string(m.Key)))
			return f(empty)
		}
		j.notice(r)
		return f(r)
	})
	if err != nil {
		return fmt.Errorf("follow stream %d: %w", stream, err)
	}
	return nil
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
func (j *Journal) Checkpoint(ctx context.Context, stream int) (Checkpoint, error) {
	var c Checkpoint
	document, err := j.store.Get(ctx, checkpointOf(stream))
	if errors.Is(err, ErrNotFound) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal(document, &c)
	}
	if err != nil {
		return c, fmt.Errorf("load checkpoint of stream %d: %w", stream, err)
	}
	return c, nil
}
