package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

const (
	// tendEvery is how soon it is known that there is no room, and that there is again.
	tendEvery = time.Second
	// trimEvery is short against the time that traffic takes to fill half a stream.
	trimEvery = 30 * time.Second
)

// Run keeps the streams from filling up and the store in order, until ctx ends.
func (j *Journal) Run(ctx context.Context) error {
	tend, trim := time.NewTicker(tendEvery), time.NewTicker(trimEvery)
	defer tend.Stop()
	defer trim.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tend.C:
			j.tend(ctx)
		case <-trim.C:
			j.Trim(ctx)
		}
	}
}

// Trim removes what is old from streams that are half full, as Run does from
// time to time. Whoever is to end the calls of another process calls it before.
func (j *Journal) Trim(ctx context.Context) {
	for stream := range j.store.Streams() {
		crowd := &j.room.streams[stream]
		crowd.trimmed.Lock()
		_, err := j.trimmed(ctx, stream)
		crowd.trimmed.Unlock()
		if err != nil && ctx.Err() == nil {
			j.log.Warn("the journal could not be measured", slog.Int("stream", stream), slog.String("error", err.Error()))
		}
	}
	j.tend(ctx)
}

// trim removes the older half of a stream that is half full, or half of what the
// disk has room for. The states of live calls in it are carried: copied to the end
// of the stream. Where there is no room for that, they stay and all around them
// goes.
func (j *Journal) trim(ctx context.Context, stream int) error {
	e, err := j.store.Extent(ctx, stream)
	if err != nil {
		return err
	}
	if e.Bytes < e.Most/2 && e.Bytes < e.Free {
		return nil
	}
	before, err := j.trimPoint(ctx, stream, e)
	if err != nil || before <= e.First {
		return err
	}
	upTo, err := j.carry(ctx, stream, before)
	if err != nil {
		return err
	}
	j.log.Info("the journal forgets its oldest records", slog.Int("stream", stream), slog.Uint64("before", before))
	if upTo <= e.First {
		return nil
	}
	return j.store.Cut(ctx, stream, upTo)
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

// carry copies the states of live calls that are read from before a sequence to the
// end. Whoever owns the call appends on top of the copy; see Log.refused. It returns
// up to where everything can go: nowhere when there is no room even for the copies.
// Then the states stay where they are, and what is to go is gone.
func (j *Journal) carry(ctx context.Context, stream int, before uint64) (upTo uint64, err error) {
	var heads []Message
	err = j.store.Heads(ctx, stream, func(m Message) error {
		heads = append(heads, m)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("find live calls: %w", err)
	}
	upTo, tight := before, false // what is copied makes room for the next copy
	for _, head := range heads {
		if head.Ended || head.oldest() >= before {
			continue
		}
		err := j.carryOne(ctx, head, before)
		if noRoom(err) && !tight { // room is made of what is to be removed anyway
			if err = j.clear(ctx, heads, before); err == nil {
				err, tight = j.carryOne(ctx, head, before), true
			}
		}
		if err == nil && tight {
			err = j.store.Forget(ctx, stream, head.Key, before)
		}
		switch {
		case noRoom(err):
			return 0, nil
		case errors.Is(err, ErrUnreadable), errors.Is(err, errBusy):
			upTo = min(upTo, head.oldest())
			j.log.Error("what is stored of a call cannot be carried: nothing that is newer is forgotten",
				slog.String("key", string(head.Key)), slog.String("error", err.Error()))
		case err != nil:
			return 0, fmt.Errorf("carry call %s: %w", head.Key, err)
		}
	}
	return upTo, nil
}

// clear removes what is before a sequence, call by call, except for what live calls
// are read from.
func (j *Journal) clear(ctx context.Context, heads []Message, before uint64) error {
	for _, m := range heads {
		until := before
		if !m.Ended {
			until = min(m.oldest(), before)
		}
		if err := j.store.Forget(ctx, m.Stream, m.Key, until); err != nil {
			return fmt.Errorf("forget the past of call %s: %w", m.Key, err)
		}
	}
	return nil
}

// carryTries bounds how often a call is copied that goes on in the meantime.
const carryTries = 16

var errBusy = errors.New("the call goes on too fast")

// carryOne copies the state of a call, unless that has come to be read from the
// sequence on.
func (j *Journal) carryOne(ctx context.Context, head Message, before uint64) error {
	for range carryTries {
		c, err := j.lastChain(ctx, head.Stream, head.Key)
		if errors.Is(err, ErrNotFound) {
			return nil // it has ended and was forgotten
		}
		if err != nil {
			return err
		}
		if c.head().Ended || c.head().oldest() >= before {
			return nil
		}
		m, err := forms.copyOf(c)
		if err != nil {
			return err
		}
		if err := j.appendCopy(ctx, m, c.head().Sequence); !errors.Is(err, ErrUnexpected) {
			return err
		}
	}
	return errBusy
}

func (j *Journal) appendCopy(ctx context.Context, m Message, expect uint64) error {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	_, err := j.store.Append(ctx, m, expect)
	return err
}
