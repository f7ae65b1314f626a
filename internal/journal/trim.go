package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// trimEvery is short against the time that traffic takes to fill half a stream.
const trimEvery = 30 * time.Second

// Run keeps the streams from filling up, until ctx ends.
func (j *Journal) Run(ctx context.Context) error {
	tick := time.NewTicker(trimEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for stream := range j.store.Streams() {
			if err := j.trim(ctx, stream); err != nil && ctx.Err() == nil {
				j.log.Error("the journal could not be trimmed; when it is full, calls are refused",
					slog.Int("stream", stream), slog.String("error", err.Error()))
			}
		}
	}
}

// trim removes the older half of a stream that is half full. The states of
// live calls in it are carried: copied to the end of the stream.
func (j *Journal) trim(ctx context.Context, stream int) error {
	e, err := j.store.Extent(ctx, stream)
	if err != nil {
		return err
	}
	if e.Bytes < e.Most/2 {
		return nil
	}
	before, err := j.trimPoint(ctx, stream, e)
	if err != nil || before <= e.First {
		return err
	}
	if err := j.carry(ctx, stream, before); err != nil {
		return err
	}
	j.log.Info("the journal forgets its oldest records", slog.Int("stream", stream), slog.Uint64("before", before))
	return j.store.Cut(ctx, stream, before)
}

// trimPoint spares what the reader still needs until the stream is three
// quarters full: from there on new calls matter more than old events.
func (j *Journal) trimPoint(ctx context.Context, stream int, e Extent) (uint64, error) {
	middle := e.First + (e.Last-e.First)/2 + 1
	c, _, err := j.checkpoint(ctx, stream)
	if err != nil {
		return 0, err
	}
	if c.Needed >= middle {
		return middle, nil
	}
	if e.Bytes < e.Most*3/4 {
		return c.Needed, nil
	}
	j.log.Error("the journal is nearly full of events that could not be delivered; the oldest are forgotten",
		slog.Int("stream", stream), slog.String("advice", "see why webhooks fail, or raise nats.max_bytes"))
	return middle, nil
}

// carry copies the last records of live calls from before a sequence to the
// end. Whoever owns the call appends on top of the copy; see Log.refused.
func (j *Journal) carry(ctx context.Context, stream int, before uint64) error {
	var live, ended []Message
	err := j.store.Heads(ctx, stream, func(m Message) error {
		switch {
		case m.Sequence >= before:
		case m.Ended:
			ended = append(ended, m)
		default:
			live = append(live, m)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find live calls: %w", err)
	}
	for _, head := range live {
		err := j.carryOne(ctx, head)
		if errors.Is(err, ErrFull) { // room is made of what is to be removed anyway
			if err = j.forget(ctx, ended); err == nil {
				err, ended = j.carryOne(ctx, head), nil
			}
		}
		if err != nil {
			return fmt.Errorf("carry call %s: %w", head.Key, err)
		}
	}
	return nil
}

func (j *Journal) carryOne(ctx context.Context, head Message) error {
	m, err := j.store.At(ctx, head.Stream, head.Sequence)
	if err != nil {
		return err
	}
	m.Carried = true
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	_, err = j.store.Append(ctx, m, head.Sequence)
	if errors.Is(err, ErrUnexpected) {
		return nil // the call has gone on in the meantime and needs no copy
	}
	return err
}

func (j *Journal) forget(ctx context.Context, ended []Message) error {
	for _, m := range ended {
		if err := j.store.Forget(ctx, m.Stream, m.Key); err != nil {
			return err
		}
	}
	return nil
}
