package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/outbound"
)

// DeadLetter is an event that was given up, kept to be seen and sent again.
type DeadLetter struct {
	ID           string // a digest of the event's id and of whom it is for
	Event        string // its id, the same at every try
	Type         string // as published
	Call         call.ID
	Connection   call.ConnectionID `json:",omitempty"`
	Subscription string            `json:",omitempty"` // its name; empty for a callback
	Host         string            // where it was sent
	Happened     time.Time
	GivenUp      time.Time
	Tries        int    // since the server's start, and those of sending it again
	Status       int    `json:",omitzero"` // of the last answer, if there was one
	Why          string // it was given up, or not taken when it was last sent again

	Body json.RawMessage `json:",omitempty"` // as it is sent
	// URL and Stream are kept, and not shown: a callback's URL may hold secrets.
	URL    string `json:",omitempty"`
	Stream int    `json:",omitzero"`
}

// Keep bounds the dead letters: when there are more, the oldest go.
type Keep struct {
	Age    time.Duration // 7 days when 0
	Events int           // 10,000 when 0
	Bytes  int64         // 64 MiB when 0
}

func (k Keep) withDefaults() Keep {
	if k.Age == 0 {
		k.Age = 7 * 24 * time.Hour
	}
	if k.Events == 0 {
		k.Events = 10_000
	}
	if k.Bytes == 0 {
		k.Bytes = 64 << 20
	}
	return k
}

// shelves is how many dead letters are stored in one go.
const shelves = 256

// DeadLetterCounts are of the dead letters: how many there are, and totals since the
// Courier was made.
type DeadLetterCounts struct {
	Now     int64
	Taken   int64 // sent again, and taken
	Deleted int64
	Dropped int64 // to stay within the bounds
}

type deadLetterCounters struct{ now, taken, deleted, dropped atomic.Int64 }

func (t *deadLetterCounters) read() DeadLetterCounts {
	return DeadLetterCounts{t.now.Load(), t.taken.Load(), t.deleted.Load(), t.dropped.Load()}
}

// giveUp settles what is not worth trying any more.
func (c *Courier) giveUp(d *delivery, r result) {
	tries := int(d.tries.Load())
	if !c.bury(d, r, &c.tallyOf(d).givenUp) {
		return
	}
	c.note(d, tries, GivenUp, result{why: r.why, began: time.Now()})
	c.troubles.givenUp(c.logger(d), d.url, slog.String("why", r.why), slog.Int("tries", tries), slog.String("advice", r.advice), slog.String("kept", lookThere))
}

// overflow settles what there is no room for.
func (c *Courier) overflow(d *delivery, why string) {
	r := result{why: why, advice: "the application takes events more slowly than they come; see why its endpoint is slow or away"}
	if !c.bury(d, r, &c.tallyOf(d).overflowed) {
		return
	}
	close(d.overflowed)
	c.note(d, int(d.tries.Load()), GivenUp, result{why: why, began: time.Now()})
	c.troubles.givenUp(c.logger(d), d.url, slog.String("why", why), slog.String("advice", r.advice), slog.String("kept", lookThere))
}

const lookThere = "`strowger events` lists what was given up, and sends it again"

// bury settles a delivery as a dead letter. It reports whether it was not over before.
func (c *Courier) bury(d *delivery, r result, count *atomic.Int64) bool {
	dropped, ok := c.progress[d.stream].giveUp(d.position, letterOf(d, r), count)
	c.dropped(dropped, "they could not be stored; see what the log says of the journal")
	return ok
}

func letterOf(d *delivery, r result) DeadLetter {
	l := DeadLetter{
		Event: d.id, Type: d.message.Type, Call: d.call, Connection: d.destination.connection, Subscription: d.Subscription,
		Host: outbound.Host(d.url), Happened: d.happened.UTC(), GivenUp: time.Now().UTC(), Tries: int(d.tries.Load()),
		Status: r.status, Why: short(r.why), Body: d.message.Body, URL: d.url, Stream: d.stream,
	}
	to := d.Subscription
	if d.subscription == nil {
		to = "\n" + d.url // which is no name
	}
	digest := sha256.Sum256([]byte(d.id + "\n" + to))
	l.ID = hex.EncodeToString(digest[:idBytes])
	return l
}

func (c *Courier) dropped(n int, why string) {
	if n == 0 {
		return
	}
	c.letters.dropped.Add(int64(n))
	c.config.Log.Error("events that were given up are not kept any more: the oldest of the dead letter", slog.Int("events", n), slog.String("why", why))
}

// shelve stores dead letters. On an error those that may not be stored are returned.
func (c *Courier) shelve(ctx context.Context, all []DeadLetter) (left []DeadLetter, err error) {
	for len(all) > 0 {
		n := min(shelves, len(all))
		if err := c.store(ctx, all[:n]...); err != nil {
			return all, err
		}
		all = all[n:]
	}
	return nil, nil
}

func (c *Courier) store(ctx context.Context, letters ...DeadLetter) error {
	documents := make([]journal.Shelved, len(letters))
	for i, l := range letters {
		encoded, err := json.Marshal(l)
		if err != nil {
			panic("webhook: a dead letter cannot be encoded: " + err.Error()) // our own JSON, text and numbers
		}
		documents[i] = journal.Shelved{Name: l.ID, Document: encoded}
	}
	return c.config.Journal.Shelve(ctx, documents)
}

var errEnough = errors.New("enough")

// tidyLetters lets the oldest go where there are too many, and counts.
func (c *Courier) tidyLetters(ctx context.Context) error {
	size, err := c.config.Journal.ShelfSize(ctx)
	if err != nil {
		return err
	}
	keep, gone := c.config.Keep, 0
	since := time.Now().Add(-keep.Age)
	over := func(oldest time.Time) bool {
		return size.Documents > keep.Events || size.Bytes > keep.Bytes || oldest.Before(since)
	}
	if size.Documents > 0 && over(size.Oldest) {
		err = c.config.Journal.Shelf(ctx, func(d journal.Shelved) error {
			if !over(d.At) {
				return errEnough
			}
			if err := c.config.Journal.Unshelve(ctx, d.Name); err != nil {
				return err
			}
			gone++
			size.Documents--
			size.Bytes -= int64(len(d.Document))
			return nil
		})
		c.dropped(gone, "dead_letter.max_age, max_events or max_bytes")
	}
	c.letters.now.Store(int64(size.Documents))
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// announceLetters says at the start that there are dead letters.
func (c *Courier) announceLetters(ctx context.Context) {
	if err := c.tidyLetters(ctx); err != nil {
		c.config.Log.Warn("the dead letter cannot be read", slog.String("error", err.Error()))
	}
	if n := c.letters.now.Load(); n > 0 {
		c.config.Log.Warn("events that were given up wait in the dead letter", slog.Int64("events", n), slog.String("advice", lookThere))
	}
}

var (
	// ErrNoLetter: there is no such dead letter, or not any more.
	ErrNoLetter = errors.New("no such event in the dead letter")
	// ErrManyLetters: several begin so.
	ErrManyLetters = errors.New("several events in the dead letter begin so")
	// ErrBusyLetter: it is being sent again at this moment.
	ErrBusyLetter = errors.New("the event is being sent again now")
	// ErrNoSubscription: there is no subscription of that name.
	ErrNoSubscription = errors.New("no such subscription in the settings")
)

// DeadLetters hands all to f, without their bodies, in the order in which
// they were stored. What was given up in the last second may not be among them. Of one that a
// newer version has kept there is the ID only, and why.
func (c *Courier) DeadLetters(ctx context.Context, f func(DeadLetter) error) error {
	return c.config.Journal.Shelf(ctx, func(d journal.Shelved) error {
		l, err := readLetter(d)
		if err != nil {
			l.Why = err.Error()
		}
		l.Body, l.URL = nil, ""
		return f(l)
	})
}

// DeadLetter is one with its body, by its ID or how only that begins.
func (c *Courier) DeadLetter(ctx context.Context, id string) (DeadLetter, error) {
	l, err := c.letter(ctx, id)
	l.URL = ""
	return l, err
}

// DeleteLetter forgets one that is not being sent again, and returns its ID.
func (c *Courier) DeleteLetter(ctx context.Context, id string) (string, error) {
	d, release, err := c.claim(ctx, id)
	if err != nil {
		return "", err
	}
	defer release()
	if err := c.config.Journal.Unshelve(ctx, d.Name); err != nil {
		return "", err
	}
	c.letters.deleted.Add(1)
	return d.Name, nil
}

// claims are the IDs of the dead letters that are being sent again or deleted.
type claims struct {
	mu  sync.Mutex
	ids map[string]bool
}

func newClaims() *claims { return &claims{ids: map[string]bool{}} }

// take reports whether nobody else has the letter now.
func (c *claims) take(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids[id] {
		return false
	}
	c.ids[id] = true
	return true
}

func (c *claims) give(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ids, id)
}

// claim is a letter that nobody else sends or deletes before release. It is read once
// it is claimed: who had it before may have changed it, or taken it away.
func (c *Courier) claim(ctx context.Context, id string) (d journal.Shelved, release func(), err error) {
	found, err := c.find(ctx, id)
	if err != nil {
		return journal.Shelved{}, nil, err
	}
	if !c.claims.take(found.Name) {
		return journal.Shelved{}, nil, fmt.Errorf("%w: %s", ErrBusyLetter, found.Name)
	}
	release = func() { c.claims.give(found.Name) }
	if d, err = c.find(ctx, found.Name); err != nil {
		release()
		return journal.Shelved{}, nil, err
	}
	return d, release, nil
}

func (c *Courier) letter(ctx context.Context, id string) (DeadLetter, error) {
	d, err := c.find(ctx, id)
	if err != nil {
		return DeadLetter{}, err
	}
	return readLetter(d)
}

const (
	idBytes    = 6
	shortestID = 4 // how much of an ID has to be given, in digits
)

func (c *Courier) find(ctx context.Context, id string) (journal.Shelved, error) {
	id = strings.ToLower(id)
	switch raw, err := hex.DecodeString(id); {
	case err == nil && len(raw) == idBytes:
		d, err := c.config.Journal.OnShelf(ctx, id)
		if errors.Is(err, journal.ErrNotFound) {
			err = fmt.Errorf("%w: %s", ErrNoLetter, id)
		}
		return d, err
	case len(id) < shortestID:
		return journal.Shelved{}, fmt.Errorf("%w: %q is too short for an ID", ErrNoLetter, id)
	}
	var found []journal.Shelved
	err := c.config.Journal.Shelf(ctx, func(d journal.Shelved) error {
		if strings.HasPrefix(d.Name, id) {
			found = append(found, d)
		}
		return nil
	})
	switch {
	case err != nil:
		return journal.Shelved{}, err
	case len(found) == 0:
		return journal.Shelved{}, fmt.Errorf("%w: %s", ErrNoLetter, id)
	case len(found) > 1:
		return journal.Shelved{}, fmt.Errorf("%w: %s", ErrManyLetters, id)
	}
	return found[0], nil
}

// readLetter has the ID even when the rest cannot be read.
func readLetter(d journal.Shelved) (DeadLetter, error) {
	var l DeadLetter
	if err := json.Unmarshal(d.Document, &l); err != nil {
		return DeadLetter{ID: d.Name}, fmt.Errorf("dead letter %s cannot be read by this version: %w", d.Name, err)
	}
	l.ID = d.Name
	return l, nil
}
