package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"strowger/internal/journal"
)

// Config says whom to tell and for how long to try, and what a Courier works
// with.
type Config struct {
	ResourceID    string // the audience of callbacks and the topic of Event Grid
	PublicURL     string // where ValidationHandler is mounted; no validationUrl is offered when empty
	Subscriptions []Subscription
	// GiveUpAfter is how long a callback is tried, from when it is read from the
	// journal; 5 minutes when 0. Each event is tried once at least. An endpoint
	// that answers 404 or 410 is tried for a minute of that.
	GiveUpAfter time.Duration
	// PublishFor is how long an Event Grid event other than IncomingCall is tried,
	// from when it happened; 24 hours when 0.
	PublishFor time.Duration
	// InFlight bounds the tries that are under way at once, and with them the
	// connections out; 2048 when 0. One host may have three quarters of it, one
	// application of a host three quarters of that.
	InFlight int
	// Keep bounds the events that were given up.
	Keep Keep
	// Tried hears of each try, of several at once; it must not block. May be nil.
	Tried func(Try)

	Families  []Family // two must not claim one version
	EventGrid EventGrid
	Journal   Journal
	Signer    Signer
	Client    *http.Client // decides where we may call out to, and bounds the time of one try
	Log       *slog.Logger
}

const (
	defaultGiveUpAfter = 5 * time.Minute
	defaultPublishFor  = 24 * time.Hour
	defaultInFlight    = 2048
)

// Journal is what a Courier reads and where it notes its progress.
type Journal interface {
	Streams() int
	Follow(ctx context.Context, stream int, from journal.Position, f func(journal.Record) error) error
	At(ctx context.Context, stream int, sequence uint64) (journal.Record, error)
	End(ctx context.Context, stream int) (uint64, error)
	Checkpoint(ctx context.Context, stream int) (journal.Checkpoint, error)
	SaveCheckpoint(ctx context.Context, stream int, c journal.Checkpoint) error
	Jot(ctx context.Context, stream int, document []byte) error
	Jotted(ctx context.Context, stream int, since time.Time, f func(document []byte) error) error
	Shelve(ctx context.Context, all []journal.Shelved) error
	Shelf(ctx context.Context, f func(journal.Shelved) error) error
	OnShelf(ctx context.Context, name string) (journal.Shelved, error)
	Unshelve(ctx context.Context, name string) error
	ShelfSize(ctx context.Context) (journal.ShelfSize, error)
}

// Signer proves to applications that a callback is ours.
type Signer interface {
	Token(audience string) (string, error)
}

// Courier delivers.
type Courier struct {
	config        Config
	families      map[string]Family // by api-version
	holds         *holds
	counts        counters
	subscriptions []*subscription
	progress      []*progress // one per stream
	queues        queues
	lanes         *lanes
	troubles      *troubles
	tries         *tries
	letters       deadLetterCounters
	claims        *claims
	senders       sync.WaitGroup
}

// New makes a Courier. Run starts it.
func New(c Config) *Courier {
	if c.GiveUpAfter == 0 {
		c.GiveUpAfter = defaultGiveUpAfter
	}
	c.Keep = c.Keep.withDefaults()
	if c.PublishFor == 0 {
		c.PublishFor = defaultPublishFor
	}
	if c.InFlight == 0 {
		c.InFlight = defaultInFlight
	}
	courier := &Courier{
		config: c, families: map[string]Family{}, holds: newHolds(), lanes: newLanes(c.InFlight), troubles: newTroubles(), tries: newTries(), claims: newClaims(), queues: queues{waiting: map[destination][]*delivery{}},
	}
	for _, f := range c.Families {
		for _, v := range f.Versions {
			if _, taken := courier.families[v]; taken {
				panic("webhook: two families claim version " + v)
			}
			courier.families[v] = f
		}
	}
	for _, s := range c.Subscriptions {
		courier.subscriptions = append(courier.subscriptions, newSubscription(s))
	}
	for range c.Journal.Streams() {
		courier.progress = append(courier.progress, newProgress())
	}
	return courier
}

// Run, which is called once, delivers until ctx ends, and returns when nothing
// of it runs any more. What was not delivered is delivered by the next Run.
func (c *Courier) Run(ctx context.Context) error {
	c.announceLetters(ctx)
	running, ctx := errgroup.WithContext(ctx)
	for stream := range c.progress {
		running.Go(func() error {
			if err := c.read(ctx, stream); ctx.Err() == nil {
				return fmt.Errorf("deliver events of stream %d: %w", stream, err)
			}
			return nil
		})
	}
	for _, s := range c.subscriptions {
		running.Go(func() error { c.validate(ctx, s); return nil })
	}
	running.Go(func() error { c.keepCheckpoints(ctx); return nil })
	err := running.Wait()
	c.senders.Wait()
	c.config.Client.CloseIdleConnections()
	c.keepTries(context.WithoutCancel(ctx))
	return errors.Join(err, c.saveCheckpoints(context.WithoutCancel(ctx)))
}

// Flush waits until everything that is in the journal now has been delivered
// or given up. A server that stops calls it after the last call has ended and
// before it cancels Run.
func (c *Courier) Flush(ctx context.Context) error {
	for stream, p := range c.progress {
		end, err := c.config.Journal.End(ctx, stream)
		if err != nil {
			return fmt.Errorf("flush callbacks: %w", err)
		}
		if err := p.settled(ctx, end); err != nil {
			return fmt.Errorf("flush callbacks: %w", err)
		}
	}
	return nil
}
