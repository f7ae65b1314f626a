package journal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Shelved is a document on the shelf: a list, beside the journal, of documents that
// stay until they are taken off. It is the business of whoever puts them there to
// bound it.
type Shelved struct {
	Name     string    // letters and digits
	At       time.Time // when the store took it; given by the store
	Document []byte
}

// ShelfSize is how much is on the shelf.
type ShelfSize struct {
	Documents int
	Bytes     int64
	Oldest    time.Time // zero when there is none
}

// Shelve puts documents on the shelf, in order. One with the name of another takes
// its place, at the end. What is there when it returns nil is there after kill -9;
// after an error some may be.
func (j *Journal) Shelve(ctx context.Context, all []Shelved) error {
	if err := j.store.Shelve(ctx, all); err != nil {
		return fmt.Errorf("shelve: %w", err)
	}
	return nil
}

// Shelf hands what is on the shelf now to f, the oldest first.
func (j *Journal) Shelf(ctx context.Context, f func(Shelved) error) error {
	return j.store.Shelf(ctx, f)
}

// OnShelf is one document, or ErrNotFound.
func (j *Journal) OnShelf(ctx context.Context, name string) (Shelved, error) {
	return j.store.OnShelf(ctx, name)
}

// Unshelve takes a document off the shelf, if it is there.
func (j *Journal) Unshelve(ctx context.Context, name string) error {
	return j.store.Unshelve(ctx, name)
}

// ShelfSize is how much is on the shelf now.
func (j *Journal) ShelfSize(ctx context.Context) (ShelfSize, error) { return j.store.ShelfSize(ctx) }

// Names in the store.
const (
	shelfName   = "STROWGER_SHELF"
	shelfPrefix = "strowger.shelf."
)

// openShelf keeps the last document of each name.
func (s *jetStream) openShelf(ctx context.Context) (jetstream.Stream, error) {
	var stream jetstream.Stream
	err := s.replicated(func(replicas int) (err error) {
		stream, err = s.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: shelfName, Subjects: []string{shelfPrefix + "*"}, Retention: jetstream.LimitsPolicy,
			MaxMsgsPerSubject: 1, Storage: jetstream.FileStorage, Replicas: replicas,
		})
		return err
	})
	return stream, err
}

// Shelve is refused as a new call is: whoever gives up an event can wait.
func (s *jetStream) Shelve(ctx context.Context, all []Shelved) error {
	var waiting []jetstream.PubAckFuture
	for _, d := range all {
		if err := s.admit(len(d.Document), true); err != nil {
			return err
		}
		ack, err := s.js.PublishAsync(shelfPrefix+d.Name, d.Document)
		if err != nil {
			return refusal(err)
		}
		waiting = append(waiting, ack)
	}
	for _, ack := range waiting {
		select {
		case <-ack.Ok():
		case err := <-ack.Err():
			return refusal(err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (s *jetStream) Shelf(ctx context.Context, f func(Shelved) error) error {
	return scan(ctx, s.shelf, bodiesAtOnce, jetstream.ConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy},
		func(msg jetstream.Msg, m *jetstream.MsgMetadata) error {
			return f(Shelved{Name: strings.TrimPrefix(msg.Subject(), shelfPrefix), At: m.Timestamp, Document: msg.Data()})
		})
}

func (s *jetStream) OnShelf(ctx context.Context, name string) (Shelved, error) {
	m, err := s.shelf.GetLastMsgForSubject(ctx, shelfPrefix+name)
	if err != nil {
		return Shelved{}, refusal(err)
	}
	return Shelved{Name: name, At: m.Time, Document: m.Data}, nil
}

func (s *jetStream) Unshelve(ctx context.Context, name string) error {
	return s.shelf.Purge(ctx, jetstream.WithPurgeSubject(shelfPrefix+name))
}

func (s *jetStream) ShelfSize(ctx context.Context) (ShelfSize, error) {
	info, err := s.shelf.Info(ctx)
	if err != nil {
		return ShelfSize{}, err
	}
	size := ShelfSize{Documents: int(info.State.Msgs), Bytes: int64(info.State.Bytes)}
	if size.Documents > 0 {
		size.Oldest = info.State.FirstTime
	}
	return size, nil
}
