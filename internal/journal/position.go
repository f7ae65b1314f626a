package journal

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Position is how far a reader of a stream has come.
//
// A sequence alone does not say that. A power cut may take the newest records of
// a stream and leave the checkpoint that came after them, and the records that
// are appended next get the same sequences again.
type Position struct {
	Next uint64    // every record before this sequence was read
	Last time.Time // when the store took the newest of them; zero when not known
}

// standing is where a reader goes on that had come to p: there, or with the
// first record that the store took after all that was read. lost is how many
// sequences were read of which the stream knows nothing any more.
func (j *Journal) standing(ctx context.Context, stream int, p Position) (on Position, lost uint64, err error) {
	e, err := j.store.Extent(ctx, stream)
	if err != nil {
		return p, 0, err
	}
	on = Position{Next: min(p.Next, e.Last+1), Last: p.Last}
	for at := on.Next; at > max(e.First, 1); at-- {
		m, err := j.store.At(ctx, stream, at-1)
		switch {
		case errors.Is(err, ErrNotFound): // removed: those before it say how it is
			continue
		case err != nil:
			return p, 0, err
		case p.Last.IsZero() || !m.Time.After(p.Last):
			on.Last = m.Time
			return on, p.Next - on.Next, nil
		}
		on.Next = at - 1
	}
	return on, p.Next - on.Next, nil
}

// tell says what standing has found lost, to whom it was.
func (j *Journal) tell(stream int, on Position, lost uint64) {
	if lost == 0 {
		return
	}
	j.cutOff.Add(lost)
	j.log.Error("the journal has lost its newest records, in a power cut or because older files were put back; "+
		"what comes after the records that are left is delivered",
		slog.Int("stream", stream), slog.Uint64("lost", lost), slog.Uint64("last", on.Next-1),
		slog.String("advice", "with nats.sync: always a power cut loses nothing"))
}
