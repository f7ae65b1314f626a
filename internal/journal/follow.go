package journal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"strowger/internal/call"
)

const (
	// ahead is how many messages a reader has on their way to it.
	ahead = 256
	// A reader notices that its server is gone after two heartbeats.
	heartbeat = 2 * time.Second
	expiry    = 30 * time.Second
)

// Follow ends when the connection was lost: what the server had may be another
// after that, which its own reader would not notice.
func (s *jetStream) Follow(ctx context.Context, stream int, from uint64, f func(Message) error) error {
	ctx, done := s.waiting.add(ctx)
	defer done()
	consumer, err := s.streams[stream].OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:   max(from, 1),
	})
	if err != nil {
		return fmt.Errorf("make a reader: %w", err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(ahead), jetstream.PullExpiry(expiry), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return fmt.Errorf("start a reader: %w", err)
	}
	defer messages.Stop()
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		m := message(stream, meta.Sequence.Stream, msg.Subject(), msg.Headers(), msg.Data())
		m.Time = meta.Timestamp
		if err := f(m); err != nil {
			return err
		}
	}
}

// waiters are those that wait for what a connection brings.
type waiters struct {
	mu   sync.Mutex
	next int
	ends map[int]context.CancelFunc
}

// add is a context for one more, and what it calls when it is done.
func (w *waiters) add(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	id := w.next
	w.next++
	if w.ends == nil {
		w.ends = map[int]context.CancelFunc{}
	}
	w.ends[id] = cancel
	return ctx, func() {
		cancel()
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.ends, id)
	}
}

// end ends all who wait now.
func (w *waiters) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, end := range w.ends {
		end()
	}
}

// headsAtOnce is how many heads are asked for in one go, bodiesAtOnce how many
// whole messages.
const (
	headsAtOnce  = 1024
	bodiesAtOnce = 32
)

// Heads scans without bodies: it runs at every start.
func (s *jetStream) Heads(ctx context.Context, stream int, f func(Message) error) error {
	return scan(ctx, s.streams[stream], headsAtOnce, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, FilterSubject: subject(stream, "*"), HeadersOnly: true,
	}, func(msg jetstream.Msg, meta *jetstream.MsgMetadata) error {
		m := message(stream, meta.Sequence.Stream, msg.Subject(), msg.Headers(), nil)
		m.Time = meta.Timestamp
		return f(m)
	})
}

// Each goes by the subject of the key.
func (s *jetStream) Each(ctx context.Context, stream int, key call.Key, f func(Message) error) error {
	return scan(ctx, s.streams[stream], bodiesAtOnce, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverAllPolicy, FilterSubject: subject(stream, key),
	}, func(msg jetstream.Msg, meta *jetstream.MsgMetadata) error {
		m := message(stream, meta.Sequence.Stream, msg.Subject(), msg.Headers(), msg.Data())
		m.Time = meta.Timestamp
		return f(m)
	})
}

// Jotted goes by the time at which the store took a document.
func (s *jetStream) Jotted(ctx context.Context, stream int, since time.Time, f func([]byte) error) error {
	return scan(ctx, s.jottings, bodiesAtOnce, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &since, FilterSubject: jotSubject(stream),
	}, func(msg jetstream.Msg, _ *jetstream.MsgMetadata) error { return f(msg.Data()) })
}

// scan hands what a reader would be given now to f.
func scan(ctx context.Context, in jetstream.Stream, atOnce uint64, c jetstream.ConsumerConfig, f func(jetstream.Msg, *jetstream.MsgMetadata) error) error {
	c.AckPolicy, c.MemoryStorage, c.InactiveThreshold = jetstream.AckNonePolicy, true, time.Minute
	consumer, err := in.CreateConsumer(ctx, c)
	if err != nil {
		return fmt.Errorf("make a scan: %w", err)
	}
	name := consumer.CachedInfo().Name
	defer in.DeleteConsumer(context.WithoutCancel(ctx), name)
	for left := consumer.CachedInfo().NumPending; left > 0; {
		seen, err := some(ctx, consumer, min(left, atOnce), f)
		if err != nil {
			return err
		}
		if seen == 0 {
			return nil
		}
		left -= min(left, seen)
	}
	return nil
}

func some(ctx context.Context, consumer jetstream.Consumer, n uint64, f func(jetstream.Msg, *jetstream.MsgMetadata) error) (seen uint64, err error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	batch, err := consumer.FetchNoWait(int(n))
	if err != nil {
		return 0, fmt.Errorf("scan: %w", err)
	}
	for msg := range batch.Messages() {
		meta, err := msg.Metadata()
		if err != nil {
			return seen, fmt.Errorf("scan: %w", err)
		}
		seen++
		if err := f(msg, meta); err != nil {
			return seen, err
		}
	}
	if err := batch.Error(); err != nil {
		return seen, fmt.Errorf("scan: %w", err)
	}
	return seen, nil
}
