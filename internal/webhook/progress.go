package webhook

import (
	"container/list"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/journal"
)

// pendingMost bounds what is waiting to be delivered from one stream: bodies in
// memory, and positions in the checkpoint.
const pendingMost = 8192

// progress is how far the delivery of one stream has come: everything before
// come.Next has been queued, and of that everything but pending has been settled.
type progress struct {
	mu      sync.Mutex
	resumed bool // what the last run left over has been queued
	come    journal.Position
	pending map[position]*list.Element
	order   *list.List // of *delivery, oldest first
	changed chan struct{}
	saved   bool
	letters []DeadLetter // given up, and not stored as such yet
}

// position names a delivery for good. Thousands of them may be in a
// checkpoint, so they are written short.
type position struct {
	Sequence     uint64 `json:"s"`
	Event        int    `json:"e"`
	Subscription string `json:"to,omitempty"` // its name; "" for a callback
}

func newProgress() *progress {
	return &progress{
		come: journal.Position{Next: 1}, pending: map[position]*list.Element{}, order: list.New(), changed: make(chan struct{}), saved: true,
	}
}

// read notes that a record was read and what of it is being delivered, at once:
// between the two nobody may take the record for settled. Where the stream has gone
// back, what it has lost is not pending any more: another record has its place. It
// returns what has to be given up to make room.
func (p *progress) read(come journal.Position, deliveries []*delivery) (overflow []*delivery) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if come.Next <= p.come.Next {
		for at, e := range p.pending {
			if at.Sequence >= come.Next-1 {
				p.order.Remove(e)
				delete(p.pending, at)
			}
		}
	}
	p.come = come
	return p.add(deliveries)
}

// take notes what of an earlier run is being delivered again. It returns what has
// to be given up to make room.
func (p *progress) take(deliveries []*delivery) (overflow []*delivery) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.add(deliveries)
}

// add is called with mu held. What has to be given up is the oldest.
func (p *progress) add(deliveries []*delivery) (overflow []*delivery) {
	for _, d := range deliveries {
		p.pending[d.position] = p.order.PushBack(d)
	}
	p.touch()
	for e := p.order.Front(); p.order.Len()-len(overflow) > pendingMost; e = e.Next() {
		overflow = append(overflow, e.Value.(*delivery))
	}
	return overflow
}

// resume notes that everything before a position has been queued or was settled by
// an earlier run. Until then the earlier run's checkpoint stays.
func (p *progress) resume(come journal.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resumed = true
	p.come = come
	p.touch()
}

// waiting is the number of deliveries that are pending.
func (p *progress) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.order.Len()
}

// settle notes that a delivery is over. It reports whether it was not before,
// and then counts it: whoever waits for it finds it counted.
func (p *progress) settle(at position, count *atomic.Int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over(at, count)
}

// giveUp settles a delivery as a dead letter, which is stored before the checkpoint
// that says so. dropped is how many others there was no room for.
func (p *progress) giveUp(at position, l DeadLetter, count *atomic.Int64) (dropped int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over(at, count) {
		return 0, false
	}
	p.letters = append(p.letters, l)
	return p.boundLetters(), true
}

// boundLetters is called with mu held.
func (p *progress) boundLetters() (dropped int) {
	dropped = max(0, len(p.letters)-pendingMost)
	p.letters = p.letters[dropped:]
	return dropped
}

// takeLetters takes away what is to be stored; putBack is for what could not be.
func (p *progress) takeLetters() []DeadLetter {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.letters
	p.letters = nil
	return all
}

func (p *progress) putBack(letters []DeadLetter) (dropped int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.letters = slices.Concat(letters, p.letters)
	return p.boundLetters()
}

// over is called with mu held.
func (p *progress) over(at position, count *atomic.Int64) bool {
	e, ok := p.pending[at]
	if !ok {
		return false
	}
	p.order.Remove(e)
	delete(p.pending, at)
	count.Add(1)
	p.touch()
	return true
}

func (p *progress) touch() {
	p.saved = false
	close(p.changed)
	p.changed = make(chan struct{})
}

// settled waits until nothing up to a sequence is pending.
func (p *progress) settled(ctx context.Context, sequence uint64) error {
	for {
		changed := p.unsettled(sequence)
		if changed == nil {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *progress) unsettled(sequence uint64) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resumed && p.come.Next > sequence && p.order.Len() == 0 {
		return nil
	}
	return p.changed
}

// notes are the checkpoint's: everything that was read but Pending is settled.
type notes struct {
	Next    uint64     // for versions that do not know Checkpoint.Read
	Pending []position `json:",omitempty"`
}

// checkpoint is what to save, and whether it differs from what was saved last.
func (p *progress) checkpoint() (journal.Checkpoint, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.saved || !p.resumed {
		return journal.Checkpoint{}, false, nil
	}
	p.saved = true
	n := notes{Next: p.come.Next}
	needed := p.come.Next
	for e := p.order.Front(); e != nil; e = e.Next() {
		at := e.Value.(*delivery).position
		n.Pending = append(n.Pending, at)
		needed = min(needed, at.Sequence)
	}
	encoded, err := json.Marshal(n)
	return journal.Checkpoint{Needed: needed, Read: p.come, Notes: encoded}, true, err
}

func (p *progress) unsaved() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.saved = false
}

// checkpointEvery is how much is sent again after a crash.
const checkpointEvery = time.Second

func (c *Courier) keepCheckpoints(ctx context.Context) {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.saveCheckpoints(ctx); err != nil && ctx.Err() == nil {
			c.config.Log.Warn("the progress of callbacks was not saved; after a crash more is sent again",
				slog.String("error", err.Error()))
		}
		c.keepTries(ctx)
		if err := c.tidyLetters(ctx); err != nil && ctx.Err() == nil {
			c.config.Log.Warn("the dead letter was not looked after", slog.String("error", err.Error()))
		}
	}
}

// saveTime bounds saving, above all the last one, when the server stops.
const saveTime = 2 * time.Second

func (c *Courier) saveCheckpoints(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, saveTime)
	defer cancel()
	var errs []error
	for stream, p := range c.progress {
		if err := c.saveProgress(ctx, stream, p); err != nil {
			p.unsaved()
			errs = append(errs, fmt.Errorf("save progress: %w", err))
		}
	}
	return errors.Join(errs...)
}

// saveProgress stores a checkpoint, and before it the dead letters that it takes for
// settled.
func (c *Courier) saveProgress(ctx context.Context, stream int, p *progress) error {
	checkpoint, changed, err := p.checkpoint()
	if err != nil {
		return err
	}
	left, err := c.shelve(ctx, p.takeLetters())
	if err != nil {
		c.dropped(p.putBack(left), "they could not be stored; see what the log says of the journal")
		return err
	}
	if !changed {
		return nil
	}
	return c.config.Journal.SaveCheckpoint(ctx, stream, checkpoint)
}

func readNotes(c journal.Checkpoint) (notes, error) {
	if c.Notes == nil {
		return notes{Next: 1}, nil
	}
	var n notes
	if err := json.Unmarshal(c.Notes, &n); err != nil {
		return notes{}, fmt.Errorf("read progress: %w", err)
	}
	return n, nil
}
