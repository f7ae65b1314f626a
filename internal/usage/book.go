package usage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"strowger/internal/call"
	"strowger/internal/journal"
)

// Config says how long usage is kept, and what a Book works with.
type Config struct {
	Keep     time.Duration
	MaxBytes int64
	Journal  Journal
	Log      *slog.Logger
}

// Journal is what is read.
type Journal interface {
	Streams() int
	Follow(ctx context.Context, stream int, from journal.Position, f func(journal.Record) error) error
	Ledger(ctx context.Context, bounds journal.LedgerBounds) (journal.Ledger, error)
	Need(stream int, from uint64)
}

// Book enters usage into the ledger, and reads it.
type Book struct {
	config  Config
	ledger  journal.Ledger
	pages   []*page // one a stream
	entered atomic.Uint64
}

// page is how far one stream was read. Whoever runs Run has it.
type page struct {
	stream int
	last   uint64              // sequence of the last entry; 0: none
	read   journal.Position    // of the journal, up to that entry
	lost   map[string]struct{} // what was entered, and whose steps the journal has lost
}

// entry is what is kept of one record of the journal.
type entry struct {
	Read  journal.Position // after it
	Usage []Record
}

// Open makes a Book, and has the journal keep what is not entered yet. Run goes on
// from there.
func Open(ctx context.Context, c Config) (*Book, error) {
	l, err := c.Journal.Ledger(ctx, journal.LedgerBounds{Keep: c.Keep, MaxBytes: c.MaxBytes})
	if err != nil {
		return nil, fmt.Errorf("open the ledger: %w", err)
	}
	b := &Book{config: c, ledger: l}
	for stream := range c.Journal.Streams() {
		p := &page{stream: stream}
		if err := b.turnTo(ctx, p); err != nil {
			return nil, err
		}
		b.pages = append(b.pages, p)
	}
	return b, nil
}

// turnTo reads how far a stream was entered.
func (b *Book) turnTo(ctx context.Context, p *page) error {
	found, err := b.ledger.Last(ctx, p.stream)
	if errors.Is(err, journal.ErrNotFound) {
		p.last, p.read = 0, journal.Position{}
		b.config.Journal.Need(p.stream, 1)
		return nil
	}
	var e entry
	if err == nil {
		err = json.Unmarshal(found.Document, &e)
	}
	if err != nil {
		return fmt.Errorf("read how far usage was entered: %w", err)
	}
	p.last, p.read = found.Sequence, e.Read
	b.config.Journal.Need(p.stream, e.Read.Next)
	return nil
}

// Entered counts the records that were entered since the start.
func (b *Book) Entered() uint64 { return b.entered.Load() }

// Run enters what the journal tells until ctx ends. What was not entered is by the
// next Run.
func (b *Book) Run(ctx context.Context) error {
	running, ctx := errgroup.WithContext(ctx)
	for _, p := range b.pages {
		running.Go(func() error {
			return b.config.Journal.Follow(ctx, p.stream, p.read, func(r journal.Record) error { return b.read(ctx, p, r) })
		})
	}
	err := running.Wait()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// read takes up one record of the journal.
func (b *Book) read(ctx context.Context, p *page, r journal.Record) error {
	if r.Sequence < p.read.Next {
		if err := b.goBack(ctx, p, r.Sequence); err != nil {
			return err
		}
	}
	after := journal.Position{Next: r.Sequence + 1, Last: r.Taken}
	e := entry{Read: after, Usage: b.fresh(p, r)}
	if len(e.Usage) > 0 {
		if err := b.enter(ctx, p, e); err != nil {
			return err
		}
	}
	p.read = after
	b.config.Journal.Need(p.stream, after.Next)
	return nil
}

// fresh is what a record tells that is not in the ledger and would stay there.
func (b *Book) fresh(p *page, r journal.Record) (all []Record) {
	for _, u := range r.Usage {
		if _, there := p.lost[u.ID]; there || b.config.Keep > 0 && time.Since(u.Ended) > b.config.Keep {
			continue
		}
		all = append(all, recordOf(r.Call, u))
	}
	return all
}

// goBack notes what was entered of records that the journal has lost: a call may have
// ended with them, and ends again.
func (b *Book) goBack(ctx context.Context, p *page, to uint64) error {
	if p.lost == nil {
		p.lost = map[string]struct{}{}
	}
	err := b.ledger.Read(ctx, 1, time.Time{}, func(l journal.LedgerEntry) error {
		var e entry
		if err := json.Unmarshal(l.Document, &e); err != nil || l.Stream != p.stream || e.Read.Next <= to {
			return err
		}
		for _, u := range e.Usage {
			p.lost[u.ID] = struct{}{}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find what was entered before the journal lost records: %w", err)
	}
	b.config.Log.Warn("the journal has lost records whose usage was entered: what ends again is not entered again",
		"stream", p.stream, "entered", len(p.lost))
	return nil
}

const (
	// enterTime bounds the wait for one answer of the store.
	enterTime = 5 * time.Second
	// enterPause is how long is waited after it has failed.
	enterPause = time.Second
)

// enter tries until an entry is in the ledger, whoever put it there, or ctx ends. An
// acknowledgement that was lost looks like another node's entry: the place is taken,
// and what is there has been read as far.
func (b *Book) enter(ctx context.Context, p *page, e entry) error {
	document, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode usage: %w", err)
	}
	for tries := 0; ; tries++ {
		err := b.try(ctx, p, e, document)
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if tries == 0 {
			b.config.Log.Error("usage cannot be entered; it waits in the journal", "error", err,
				"advice", "check the disk under data_dir and nats.max_bytes, or the NATS cluster")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(enterPause):
		}
	}
}

func (b *Book) try(ctx context.Context, p *page, e entry, document []byte) error {
	ctx, cancel := context.WithTimeout(ctx, enterTime)
	defer cancel()
	sequence, err := b.ledger.Enter(ctx, p.stream, document, p.last)
	if err == nil {
		p.last = sequence
		b.entered.Add(uint64(len(e.Usage)))
		return nil
	}
	if !errors.Is(err, journal.ErrUnexpected) {
		return err
	}
	if err := b.turnTo(ctx, p); err != nil {
		return err
	}
	if p.read.Next >= e.Read.Next && !p.read.Last.Before(e.Read.Last) {
		return nil // it is there
	}
	return err
}

// Filter chooses records.
type Filter struct {
	Since, Until time.Time // that ended then or later, and before; zero: without a bound
	Call         call.Key  // of a call; empty: of all
	Kind         call.UsageKind
	After        Position // zero: from the first
	Most         int      // 0: all
}

var errEnough = errors.New("enough")

// clocksApart is how far the clock of the store may be behind that of a node, or be
// put back between the end of a call and its entry, without Read missing any of it.
const clocksApart = 24 * time.Hour

// Read hands the records that a filter leaves to f, in the order in which they were
// entered, which is nearly that of their ends.
func (b *Book) Read(ctx context.Context, filter Filter, f func(Record) error) error {
	given, entered := 0, filter.Since
	if !entered.IsZero() {
		entered = entered.Add(-clocksApart)
	}
	err := b.ledger.Read(ctx, filter.After.Entry, entered, func(l journal.LedgerEntry) error {
		var e entry
		if err := json.Unmarshal(l.Document, &e); err != nil {
			return fmt.Errorf("entry %d of the ledger: %w", l.Sequence, err)
		}
		for i, r := range e.Usage {
			r.Position = Position{l.Sequence, i}
			if !filter.fits(r) {
				continue
			}
			if filter.Most > 0 && given == filter.Most {
				return errEnough
			}
			given++
			if err := f(r); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (f Filter) fits(r Record) bool {
	return !r.End.Before(f.Since) && (f.Until.IsZero() || r.End.Before(f.Until)) &&
		(f.Call == "" || f.Call == r.Call.Key()) && (f.Kind == "" || f.Kind == r.Kind) &&
		(f.After == Position{} || f.After.before(r.Position))
}
