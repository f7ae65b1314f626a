package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"strowger/internal/call"
)

// Storage is what the journal asks of its store: numbered streams of messages,
// each filed under a call's key, and a few small documents. JetStream is the
// store; journaltest has one in memory.
type Storage interface {
	// Streams is the number of streams; it never changes.
	Streams() int
	// Append stores m when expect is the sequence of the last message of its
	// key (0: none), and returns its sequence. Otherwise ErrUnexpected. ErrFull,
	// ErrNoSpace, ErrUnwritable and ErrTooLarge say that m was not stored; whether
	// it was after any other error is not known. Answers come in the order of the
	// appends. When space is short, messages that expect others are stored for
	// longer than those that expect none.
	Append(ctx context.Context, m Message, expect uint64) (uint64, error)
	// BodyMost is how many bytes a body may have that Append takes now.
	BodyMost() int
	// Last is the last message of a key, or ErrNotFound.
	Last(ctx context.Context, stream int, key call.Key) (Message, error)
	// At is the message with a sequence, or ErrNotFound.
	At(ctx context.Context, stream int, sequence uint64) (Message, error)
	// Follow hands messages from a sequence on to f, in order, as they come,
	// until ctx ends, f fails or the store does.
	Follow(ctx context.Context, stream int, from uint64, f func(Message) error) error
	// Each hands the messages of a key that are there now to f, in order.
	Each(ctx context.Context, stream int, key call.Key, f func(Message) error) error
	// Heads hands the last message of each key, without its body, to f, in the
	// order of the stream.
	Heads(ctx context.Context, stream int, f func(Message) error) error
	// Extent is how much a stream holds.
	Extent(ctx context.Context, stream int) (Extent, error)
	// Widen gives a stream more than it may have, or no more than that again.
	Widen(ctx context.Context, stream int, wide bool) error
	// Cut removes every message of a stream before a sequence.
	Cut(ctx context.Context, stream int, before uint64) error
	// Forget removes every message of a key before a sequence.
	Forget(ctx context.Context, stream int, key call.Key, before uint64) error
	// Put and Get keep small documents; Get answers ErrNotFound.
	Put(ctx context.Context, name string, document []byte) error
	Get(ctx context.Context, name string) ([]byte, error)
	// Jot keeps a document in a list of a stream's own, which forgets its oldest to
	// make room. Jotted hands those to f, in order, that came since a time.
	Jot(ctx context.Context, stream int, document []byte) error
	Jotted(ctx context.Context, stream int, since time.Time, f func(document []byte) error) error
	// Shelve, Shelf, OnShelf, Unshelve and ShelfSize keep documents by their names, in
	// the order in which they came, until they are taken off: see the Journal's.
	Shelve(ctx context.Context, all []Shelved) error
	Shelf(ctx context.Context, f func(Shelved) error) error
	OnShelf(ctx context.Context, name string) (Shelved, error)
	Unshelve(ctx context.Context, name string) error
	ShelfSize(ctx context.Context) (ShelfSize, error)
	// Cabinet opens a cabinet with a bound in bytes.
	Cabinet(ctx context.Context, name string, most int64) (Cabinet, error)
	// Ledger opens the ledger with its bounds.
	Ledger(ctx context.Context, bounds LedgerBounds) (Ledger, error)
	// Tend is called every second, by one goroutine. It mends what has gone wrong,
	// and says with ErrNoSpace or ErrUnwritable why nothing new can be stored.
	Tend(ctx context.Context) error
	// Close gives back what the store holds.
	Close()
}

// Message is what a store keeps.
type Message struct {
	Stream   int
	Sequence uint64    // within the stream; given by the store
	Time     time.Time // when the store took it; given by the store
	Key      call.Key
	Ended    bool // the call is over
	// Base is the sequence of the message that holds the state from which the call
	// is read, and Before that of its last message before this one: both are of the
	// same stream and key. They are 0 when this one holds the state.
	Base, Before uint64
	// Carried says that this message was made by Run to stand in the place of older
	// ones; the newest of those had the name Original.
	Carried  bool
	Original string
	Node     string // that wrote it
	Body     []byte
}

// name tells a message from any other of its key: what it says, or what the
// message said that it was made to keep.
func (m Message) name() string {
	if m.Original != "" {
		return m.Original
	}
	sum := sha256.Sum256(m.Body)
	return hex.EncodeToString(sum[:])
}

// oldest is the sequence of the first message of those that the call is read from.
func (m Message) oldest() uint64 {
	if m.Base != 0 {
		return m.Base
	}
	return m.Sequence
}

func (m Message) String() string { return fmt.Sprintf("record %d of stream %d", m.Sequence, m.Stream) }

// Extent is how much a stream holds.
type Extent struct {
	First, Last uint64 // sequences; Last stays when its message is removed
	Bytes, Most int64
	Wide        bool  // Most is more than it should be; see Storage.Widen
	Free        int64 // what the disk has beside, for this stream
}

var (
	// ErrNotFound says that nothing is stored under a key, sequence or name.
	ErrNotFound = errors.New("not in the journal")
	// ErrFenced says that somebody else has written to the call since: who
	// holds a Log is not its owner any more.
	ErrFenced = errors.New("the call has another writer")
	// ErrFull says that the stream has no room. Nothing was stored.
	ErrFull = errors.New("the journal is full")
	// ErrNoSpace says that the disk has no room. Nothing was stored.
	ErrNoSpace = errors.New("the disk is full")
	// ErrUnwritable says that the store cannot write. Nothing was stored.
	ErrUnwritable = errors.New("the journal cannot be written")
	// ErrTooLarge says that a record has more bytes than a message may have.
	// Nothing was stored, and trying again is of no use.
	ErrTooLarge = errors.New("the state of the call is too large to be stored")
	// ErrUnexpected is a Storage's answer to a wrong expectation.
	ErrUnexpected = errors.New("not the last message of its key")
)
