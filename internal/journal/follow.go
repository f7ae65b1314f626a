package journal

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// pause is how long a reader waits after the server failed it.
const pause = 500 * time.Millisecond

const (
	// ahead is how many messages a reader has on their way to it.
	ahead = 256
	// A reader notices that its server is gone after two heartbeats.
	heartbeat = 2 * time.Second
	expiry    = 30 * time.Second
)

// Follow goes on where it was when the server fails it: only ctx and f end it.
func (s *jetStream) Follow(ctx context.Context, stream int, from uint64, f func(Message) error) error {
	next := max(from, 1)
	for {
		err := s.followOnce(ctx, stream, &next, f)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if failed, ok := err.(readerError); ok {
			return failed.error
		}
		s.log.Warn("reading the journal was interrupted", slog.Int("stream", stream), slog.String("error", err.Error()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// readerError is an error of who reads, not of the store.
type readerError struct{ error }

func (s *jetStream) followOnce(ctx context.Context, stream int, next *uint64, f func(Message) error) error {
	consumer, err := s.streams[stream].OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:   *next,
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
		if err := f(message(stream, meta.Sequence.Stream, msg.Subject(), msg.Headers(), msg.Data())); err != nil {
			return readerError{err}
		}
		*next = meta.Sequence.Stream + 1
	}
}

// headsAtOnce is how many heads are asked for in one go.
const headsAtOnce = 1024

// Heads scans without bodies: it runs at every start.
func (s *jetStream) Heads(ctx context.Context, stream int, f func(Message) error) error {
	consumer, err := s.streams[stream].CreateConsumer(ctx, jetstream.ConsumerConfig{
		DeliverPolicy:     jetstream.DeliverLastPerSubjectPolicy,
		FilterSubject:     subject(stream, "*"),
		HeadersOnly:       true,
		AckPolicy:         jetstream.AckNonePolicy,
		MemoryStorage:     true,
		InactiveThreshold: time.Minute,
	})
	if err != nil {
		return fmt.Errorf("make a scan: %w", err)
	}
	name := consumer.CachedInfo().Name
	defer s.streams[stream].DeleteConsumer(context.WithoutCancel(ctx), name)
	for left := consumer.CachedInfo().NumPending; left > 0; {
		seen, err := s.someHeads(ctx, consumer, stream, min(left, headsAtOnce), f)
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

func (s *jetStream) someHeads(ctx context.Context, consumer jetstream.Consumer, stream int, n uint64, f func(Message) error) (seen uint64, err error) {
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
		if err := f(message(stream, meta.Sequence.Stream, msg.Subject(), msg.Headers(), nil)); err != nil {
			return seen, err
		}
	}
	if err := batch.Error(); err != nil {
		return seen, fmt.Errorf("scan: %w", err)
	}
	return seen, nil
}
