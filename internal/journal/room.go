package journal

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
)

// noRoom reports whether an append was refused because nothing can be stored now.
func noRoom(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, ErrNoSpace) || errors.Is(err, ErrUnwritable)
}

// room is whether new calls can be stored.
type room struct {
	mu    sync.Mutex
	store error  // what Storage.Tend said last
	full  []bool // by stream: a new call was refused, and there is still no room for one
	spent []bool // by stream: so is what was kept for the calls that are there

	probes []sync.Mutex // by stream: held by the one append that may try all the same
}

func newRoom(streams int) room {
	return room{full: make([]bool, streams), spent: make([]bool, streams), probes: make([]sync.Mutex, streams)}
}

// Room says why no new call can be stored now, with ErrNoSpace, ErrUnwritable or
// ErrFull; nil when one can. Calls that are there go on as long as they can.
func (j *Journal) Room() error {
	j.room.mu.Lock()
	defer j.room.mu.Unlock()
	return j.room.why()
}

func (r *room) why() error {
	if r.store != nil {
		return r.store
	}
	if slices.Contains(r.full, true) {
		return ErrFull
	}
	return nil
}

// refuses is why a message would be refused.
func (r *room) refuses(stream int, begins bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case begins:
		return r.why()
	case r.spent[stream]:
		return ErrFull
	}
	return nil
}

// changeRoom changes what Room says, and logs when it begins and ends to refuse.
func (j *Journal) changeRoom(change func(*room)) {
	j.room.mu.Lock()
	before := j.room.why()
	change(&j.room)
	now := j.room.why()
	j.room.mu.Unlock()
	switch {
	case before == nil && now != nil:
		j.log.Error("no new calls are taken: the journal cannot store them; calls that are there go on",
			slog.String("error", now.Error()), slog.String("advice", advice(now)))
	case before != nil && now == nil:
		j.log.Info("the journal can store new calls again: they are taken")
	}
}

func advice(why error) string {
	if errors.Is(why, ErrFull) {
		return "raise nats.max_bytes, or see why calls do not end and webhooks do not take their events"
	}
	return "make room on the disk under data_dir, or see what is wrong with it; everything goes on by itself then"
}

// enter is asked before a step is written down, and leave called when that is over.
// As long as there is no room one step of a stream at a time tries: many would take
// what is being freed, and the time for it.
func (j *Journal) enter(stream int, begins bool) (leave func(), err error) {
	why := j.room.refuses(stream, begins)
	if why == nil {
		return func() {}, nil
	}
	probe := &j.room.probes[stream]
	if !probe.TryLock() {
		j.refusals.Add(1)
		return nil, why
	}
	return probe.Unlock, nil
}

// put appends. When a stream is full it is trimmed at once, by Run; what is kept
// for the calls that are there is given to them meanwhile.
func (j *Journal) put(ctx context.Context, m Message, expect uint64) (uint64, error) {
	sequence, err := j.store.Append(ctx, m, expect)
	if errors.Is(err, ErrFull) {
		j.trimNow()
		if expect > 0 && j.widen(ctx, m.Stream) {
			sequence, err = j.store.Append(ctx, m, expect)
		}
	}
	if noRoom(err) {
		j.refusals.Add(1)
		j.refused(m.Stream, expect == 0, err)
	}
	return sequence, err
}

// widen reports whether a stream has been given what is kept for the calls that
// are there.
func (j *Journal) widen(ctx context.Context, stream int) bool {
	j.widening.Lock()
	defer j.widening.Unlock()
	e, err := j.store.Extent(ctx, stream)
	if err != nil || e.Wide {
		return err == nil && e.Bytes < e.Most // somebody else has done it just now
	}
	j.log.Warn("a stream of the journal is full: what is kept for the calls that are there is used", slog.Int("stream", stream))
	return j.store.Widen(ctx, stream, true) == nil
}

// refused notes that there is no room, without waiting for tend to find out.
func (j *Journal) refused(stream int, begins bool, why error) {
	j.changeRoom(func(r *room) {
		if !errors.Is(why, ErrFull) {
			r.store = why
			return
		}
		r.full[stream] = true
		r.spent[stream] = r.spent[stream] || !begins
	})
}

// tend looks after the store: what has gone is mended, and what Room says is
// brought up to date.
func (j *Journal) tend(ctx context.Context) {
	err := j.store.Tend(ctx)
	j.changeRoom(func(r *room) { r.store = err })
	for stream := range j.store.Streams() {
		if err := j.relax(ctx, stream); err != nil && ctx.Err() == nil {
			j.log.Warn("a stream of the journal could not be looked after", slog.Int("stream", stream), slog.String("error", err.Error()))
		}
	}
}

// relax takes new calls again when a stream has room for them, and keeps again
// what is kept for those that are there. A stream that is nearly full is trimmed.
func (j *Journal) relax(ctx context.Context, stream int) error {
	e, err := j.store.Extent(ctx, stream)
	if err != nil {
		return err
	}
	if e.Bytes < e.Most*15/16 {
		j.changeRoom(func(r *room) { r.spent[stream] = false })
	}
	if e.Bytes > e.Most*3/4 {
		j.trimNow()
		return nil
	}
	if e.Wide {
		if err := j.store.Widen(ctx, stream, false); err != nil {
			return err
		}
	}
	j.changeRoom(func(r *room) { r.full[stream] = false })
	return nil
}
