package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
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
	var running sync.WaitGroup
	running.Go(func() {
		every(ctx, tendEvery, nil, func() { j.tend(ctx) })
	})
	running.Go(func() {
		every(ctx, trimEvery, j.full, func() { j.trimAll(ctx) })
	})
	running.Wait()
	return nil
}

// every does f at intervals, and when it is asked for, until ctx ends.
func every(ctx context.Context, interval time.Duration, asked <-chan struct{}, f func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-asked:
		}
		f()
	}
}

// trimNow asks Run to trim without waiting for its time.
func (j *Journal) trimNow() {
	select {
	case j.full <- struct{}{}:
	default: // it is asked already
	}
}

// Trim removes what is old from streams that are half full, as Run does from
// time to time. Whoever is to end the calls of another process calls it before.
func (j *Journal) Trim(ctx context.Context) {
	j.trimAll(ctx)
	j.tend(ctx)
}

// A stream that held nothing but what is needed is not trimmed again for
// trimAgain, nor for trimRest times as long as that took.
const (
	trimAgain = time.Second
	trimRest  = 2
)

// trimmer trims one stream at a time.
type trimmer struct {
	mu   sync.Mutex
	vain []vain // by stream
}

// vain is a trim that made no room.
type vain struct {
	until  time.Time // the next one has to wait,
	last   uint64    // and what the last record was,
	needed uint64    // and the first that the reader needed
}

func (j *Journal) trimAll(ctx context.Context) {
	j.trimmer.mu.Lock()
	defer j.trimmer.mu.Unlock()
	for stream := range j.store.Streams() {
		if err := j.trimOne(ctx, stream, &j.trimmer.vain[stream]); err != nil && ctx.Err() == nil {
			j.log.Error("the journal could not be trimmed; when it is full, calls are refused",
				slog.Int("stream", stream), slog.String("error", err.Error()), slog.String("advice", advice(ErrFull)))
		}
	}
}

// trimOne trims a stream that is half full, or has half of what the disk has room
// for.
func (j *Journal) trimOne(ctx context.Context, stream int, v *vain) error {
	e, err := j.store.Extent(ctx, stream)
	if err != nil {
		return err
	}
	if e.Bytes < e.Most/2 && e.Bytes < e.Free {
		return nil
	}
	c, _, err := j.checkpoint(ctx, stream)
	if err != nil {
		return err
	}
	c.Needed = j.needed(stream, c.Needed)
	began := time.Now()
	if began.Before(v.until) || began.Before(v.until.Add(trimEvery)) && e.Last == v.last && c.Needed == v.needed {
		return nil
	}
	if err := j.trim(ctx, stream, e, c); err != nil {
		return err
	}
	after, err := j.store.Extent(ctx, stream)
	if err != nil {
		return err
	}
	if after.Bytes > e.Bytes-e.Most/64 {
		*v = vain{time.Now().Add(max(trimAgain, trimRest*time.Since(began))), after.Last, c.Needed}
	}
	return j.relax(ctx, stream)
}

// trim removes the older half of a stream, but for the states of live calls in
// it. Where these are few they are carried: copied to the end of the stream. Where
// they are what fills it, they stay and what is between them goes.
func (j *Journal) trim(ctx context.Context, stream int, e Extent, c Checkpoint) error {
	before := j.trimPoint(stream, e, c)
	if before <= e.First {
		return nil
	}
	var heads []Message
	var live uint64
	err := j.store.Heads(ctx, stream, func(m Message) error {
		heads = append(heads, m)
		if !m.Ended && m.oldest() < before {
			live++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find live calls: %w", err)
	}
	j.log.Info("the journal forgets its oldest records", slog.Int("stream", stream), slog.Uint64("before", before), slog.Uint64("live", live))
	if live > (before-e.First)/2 {
		return j.clear(ctx, heads, max(before, c.Needed))
	}
	upTo, err := j.carry(ctx, heads, before, c)
	if err != nil {
		return err
	}
	if upTo <= e.First {
		return nil
	}
	return j.store.Cut(ctx, stream, upTo)
}

// trimPoint spares what the reader still needs until the stream is three
// quarters full: from there on new calls matter more than old events.
func (j *Journal) trimPoint(stream int, e Extent, c Checkpoint) uint64 {
	middle := e.First + (e.Last-e.First)/2 + 1
	if c.Needed >= middle {
		return middle
	}
	if e.Bytes < e.Most*3/4 {
		return c.Needed
	}
	j.log.Error("the journal is nearly full of events that could not be delivered, or of usage that could not be entered; the oldest are forgotten",
		slog.Int("stream", stream), slog.String("advice", "see why webhooks fail, or raise nats.max_bytes"))
	return middle
}

// carry copies the states of live calls that are read from before a sequence to the
// end. Whoever owns the call appends on top of the copy; see Log.refused. It returns
// up to where everything can go: up to the first call that stays where it is, as all
// do when there is no room for copies.
func (j *Journal) carry(ctx context.Context, heads []Message, before uint64, c Checkpoint) (upTo uint64, err error) {
	upTo = before
	cleared, full := false, false
	for _, head := range heads {
		if head.Ended || head.oldest() >= before {
			continue
		}
		if full {
			upTo = min(upTo, head.oldest())
			continue
		}
		err := j.carryOne(ctx, head, before)
		if noRoom(err) && !cleared { // room is made of what nobody needs
			if err = j.clear(ctx, heads, max(before, c.Needed)); err == nil {
				err, cleared = j.carryOne(ctx, head, before), true
			}
		}
		switch {
		case noRoom(err):
			upTo, full = min(upTo, head.oldest()), true
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
