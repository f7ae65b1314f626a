package journal

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// noRoom reports whether an append was refused because nothing can be stored now.
func noRoom(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, ErrNoSpace) || errors.Is(err, ErrUnwritable)
}

// room is whether new calls can be stored.
type room struct {
	mu      sync.Mutex
	store   error   // what Storage.Tend said last
	streams []crowd // by index
}

// crowd is how full a stream is.
type crowd struct {
	full    bool       // a new call was refused, and there is still no room for one
	vain    time.Time  // when trimming last made no room,
	vainAt  uint64     // and what the last record was then
	trimmed sync.Mutex // held while it is trimmed
}

// trimAgain is for how long a stream is not trimmed again when that has made no
// room. For calls that are there it is trimmed again as soon as one has gone on.
const trimAgain = time.Second

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
	for i := range r.streams {
		if r.streams[i].full {
			return ErrFull
		}
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

// put appends. A stream that is full is trimmed at once. What is kept for the
// calls that are there is given to them when that makes no room; a new call is
// refused, and the next ones before they come here.
func (j *Journal) put(ctx context.Context, m Message, expect uint64) (uint64, error) {
	sequence, err := j.store.Append(ctx, m, expect)
	if errors.Is(err, ErrFull) && j.makeRoom(ctx, m, expect == 0) {
		sequence, err = j.store.Append(ctx, m, expect)
	}
	if noRoom(err) {
		j.refused(m.Stream, expect == 0, err)
	}
	return sequence, err
}

// refused notes that there is no room, without waiting for tend to find out.
func (j *Journal) refused(stream int, begins bool, why error) {
	j.changeRoom(func(r *room) {
		switch {
		case !errors.Is(why, ErrFull):
			r.store = why
		case begins:
			r.streams[stream].full = true
		}
	})
}

// makeRoom reports whether there may be room for m now.
func (j *Journal) makeRoom(ctx context.Context, m Message, begins bool) bool {
	crowd := &j.room.streams[m.Stream]
	crowd.trimmed.Lock()
	defer crowd.trimmed.Unlock()
	before, err := j.store.Extent(ctx, m.Stream)
	if err != nil {
		return false
	}
	need := int64(len(m.Body)) + headersMost
	if before.Bytes+need < before.Most {
		return true // somebody else has made it
	}
	if begins { // one that just fits leaves nothing to the next
		need += before.Most / 32
	}
	if time.Since(crowd.vain) > trimAgain || !begins && before.Last != crowd.vainAt {
		if after, err := j.trimmed(ctx, m.Stream); err == nil && after.Bytes+need < after.Most {
			return true
		}
		crowd.vain, crowd.vainAt = time.Now(), before.Last
	}
	if begins || before.Wide {
		return false
	}
	j.log.Warn("a stream of the journal is full: what is kept for the calls that are there is used", slog.Int("stream", m.Stream))
	return j.store.Widen(ctx, m.Stream, true) == nil
}

// trimmed trims a stream and measures what is left.
func (j *Journal) trimmed(ctx context.Context, stream int) (Extent, error) {
	if err := j.trim(ctx, stream); err != nil {
		j.log.Error("the journal could not be trimmed; when it is full, calls are refused",
			slog.Int("stream", stream), slog.String("error", err.Error()), slog.String("advice", advice(ErrFull)))
	}
	return j.store.Extent(ctx, stream)
}

// tend looks after the store: what has gone is mended, and what Room says is
// brought up to date.
func (j *Journal) tend(ctx context.Context) {
	err := j.store.Tend(ctx)
	j.changeRoom(func(r *room) { r.store = err })
	for stream := range j.store.Streams() {
		if e, err := j.store.Extent(ctx, stream); err == nil {
			j.relax(ctx, stream, e)
		}
	}
}

// relax takes new calls again when a stream has room for them, and keeps again
// what is kept for those that are there.
func (j *Journal) relax(ctx context.Context, stream int, e Extent) {
	if e.Bytes > e.Most*3/4 {
		return
	}
	if e.Wide && j.store.Widen(ctx, stream, false) != nil {
		return
	}
	j.changeRoom(func(r *room) { r.streams[stream].full = false })
}
