package journal

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A Ledger keeps what is to outlive the calls that it tells of, in the order in which
// it was entered. The oldest entries go first, at their age or when there are too many.
type Ledger interface {
	// Enter adds what the reader of a stream of the journal has made of it, when expect
	// is the sequence of the last entry of that stream (0: there is none), and returns
	// the new entry's. Otherwise ErrUnexpected. It is durable when Enter returns nil.
	// After ErrFull, ErrNoSpace and ErrUnwritable nothing was entered; after any other
	// error that is not known.
	Enter(ctx context.Context, stream int, document []byte, expect uint64) (uint64, error)
	// Last is the last entry of a stream of the journal, or ErrNotFound.
	Last(ctx context.Context, stream int) (LedgerEntry, error)
	// Read hands the entries that are there now to f, in order: those from a sequence
	// on, or, where that is 0, those that were entered since a time.
	Read(ctx context.Context, from uint64, since time.Time, f func(LedgerEntry) error) error
}

// LedgerEntry is one entry.
type LedgerEntry struct {
	Stream   int // of the journal
	Sequence uint64
	At       time.Time // when it was entered
	Document []byte
}

// LedgerBounds is how much a ledger keeps.
type LedgerBounds struct {
	Keep     time.Duration
	MaxBytes int64
}

// Ledger opens the ledger, with bounds that may be others than before.
func (j *Journal) Ledger(ctx context.Context, bounds LedgerBounds) (Ledger, error) {
	return j.store.Ledger(ctx, bounds)
}

// Need says from where on a reader beside the one with the checkpoint needs the
// records of a stream: Run keeps them as long as there is room.
func (j *Journal) Need(stream int, from uint64) { j.needs[stream].Store(from) }

// needed is the lowest sequence of a stream that anybody needs.
func (j *Journal) needed(stream int, byCheckpoint uint64) uint64 {
	if n := j.needs[stream].Load(); n != 0 {
		return min(n, byCheckpoint)
	}
	return byCheckpoint
}

// Names in the store.
const (
	ledgerName   = "STROWGER_USAGE"
	ledgerPrefix = "strowger.usage."
)

// ledger is a stream with a subject for each of the journal's.
type ledger struct {
	store  *jetStream
	stream jetstream.Stream
}

func (s *jetStream) Ledger(ctx context.Context, bounds LedgerBounds) (Ledger, error) {
	made := ledger{store: s}
	err := s.replicated(func(replicas int) (err error) {
		made.stream, err = s.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: ledgerName, Subjects: []string{ledgerPrefix + "*"}, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
			MaxAge: bounds.Keep, MaxBytes: bounds.MaxBytes, Storage: jetstream.FileStorage, Replicas: replicas,
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", ledgerName, err)
	}
	return made, nil
}

func ledgerSubject(stream int) string { return ledgerPrefix + strconv.Itoa(stream) }

// Enter is refused as a new call is: what is to be entered waits in the journal.
func (l ledger) Enter(ctx context.Context, stream int, document []byte, expect uint64) (uint64, error) {
	if err := l.store.admit(len(document), true); err != nil {
		return 0, err
	}
	ctx, done := l.store.waiting.add(ctx)
	defer done()
	ack, err := l.store.js.Publish(ctx, ledgerSubject(stream), document, jetstream.WithExpectLastSequencePerSubject(expect))
	if err != nil {
		return 0, refusal(err)
	}
	return ack.Sequence, nil
}

func (l ledger) Last(ctx context.Context, stream int) (LedgerEntry, error) {
	m, err := l.stream.GetLastMsgForSubject(ctx, ledgerSubject(stream))
	if err != nil {
		return LedgerEntry{}, refusal(err)
	}
	return LedgerEntry{Stream: stream, Sequence: m.Sequence, At: m.Time, Document: m.Data}, nil
}

func (l ledger) Read(ctx context.Context, from uint64, since time.Time, f func(LedgerEntry) error) error {
	c := jetstream.ConsumerConfig{DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &since}
	if from > 0 {
		c = jetstream.ConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from}
	}
	return scan(ctx, l.stream, bodiesAtOnce, c, func(msg jetstream.Msg, m *jetstream.MsgMetadata) error {
		stream, err := strconv.Atoi(strings.TrimPrefix(msg.Subject(), ledgerPrefix))
		if err != nil {
			return fmt.Errorf("subject %s of %s: %w", msg.Subject(), ledgerName, err)
		}
		return f(LedgerEntry{Stream: stream, Sequence: m.Sequence.Stream, At: m.Timestamp, Document: msg.Data()})
	})
}
