package journal

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/call"
)

// Config says where the journal is kept. Dir or URL has to be set.
type Config struct {
	Dir          string        // the files of the embedded server
	URL          string        // an existing NATS cluster with JetStream; Dir is not used then
	Streams      int           // 4 when 0; only the first start of an installation decides
	MaxBytes     int64         // of all streams together; 4 GiB when 0. An eighth is kept for calls to end
	SyncInterval time.Duration // 0: on the disk before it is acknowledged. The embedded server's only
	// Node is the name of this node, for ever. It stands on every record, so that
	// the nodes of one cluster know their own calls.
	Node string

	measure func(dir string) (free, total int64, err error) // nil: space. Tests have others
}

func (c Config) withDefaults() Config {
	if c.Streams == 0 {
		c.Streams = 4
	}
	if c.measure == nil {
		c.measure = space
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 4 << 30
	}
	return c
}

// Journal is the memory of all calls. Its methods may be called from any
// goroutine.
type Journal struct {
	store Storage
	node  string
	alone bool // nobody else writes to the store
	log   *slog.Logger

	loads    []chan struct{} // by stream: room for those that are read now
	room     room
	widening sync.Mutex // one stream at a time
	trimmer  trimmer
	full     chan struct{}   // Run is to trim at once
	needs    []atomic.Uint64 // by stream; see Need

	unreadable atomic.Uint64
	unknown    atomic.Uint64
	cutOff     atomic.Uint64
	retries    atomic.Uint64
	refusals   atomic.Uint64
}

// Stats counts since the start.
type Stats struct {
	Unreadable uint64 // records that followers could not be given
	Unknown    uint64 // events that they could not be given: a newer version has added them
	Retries    uint64 // appends that were tried again, because nobody said what came of them
	CutOff     uint64 // records that had been read when the store lost them
	Refusals   uint64 // appends for which there was no room
}

// Open opens the journal, starting the embedded server when there is no URL.
func Open(ctx context.Context, c Config, log *slog.Logger) (*Journal, error) {
	store, err := openJetStream(ctx, c.withDefaults(), log)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := Over(store, c.Node, log)
	j.alone = j.alone || c.URL == ""
	return j, nil
}

// Over makes a journal over a store, which it owns from then on. Without the
// name of a node it is alone: every call is its own.
func Over(store Storage, node string, log *slog.Logger) *Journal {
	j := &Journal{
		store: store, node: node, alone: node == "", log: log,
		room: newRoom(store.Streams()), trimmer: trimmer{vain: make([]vain, store.Streams())}, full: make(chan struct{}, 1),
		needs: make([]atomic.Uint64, store.Streams()),
	}
	for range store.Streams() {
		j.loads = append(j.loads, make(chan struct{}, loadsAtOnce))
	}
	return j
}

// Stats is a snapshot of the counters.
func (j *Journal) Stats() Stats {
	return Stats{Unreadable: j.unreadable.Load(), Unknown: j.unknown.Load(), Retries: j.retries.Load(), CutOff: j.cutOff.Load(), Refusals: j.refusals.Load()}
}

// Close gives back what the journal holds. Nobody may be using it any more.
func (j *Journal) Close() { j.store.Close() }

// Streams is the number of streams, whose indexes are 0 to Streams()-1.
func (j *Journal) Streams() int { return j.store.Streams() }

// streamOf is where a call's records are: it never changes, because the number
// of streams does not.
func (j *Journal) streamOf(key call.Key) int {
	h := fnv.New32a()
	h.Write([]byte(key))
	return int(h.Sum32() % uint32(j.store.Streams()))
}

// Begin is the log of a new call: its first Append expects that nothing was
// ever stored under key.
func (j *Journal) Begin(key call.Key) *Log {
	return &Log{journal: j, key: key, stream: j.streamOf(key)}
}

// Load is the last state of a call and the log to go on with, or ErrNotFound.
//
// With ErrUnreadable comes as much of the state as can be told, and the log to end
// the call with: it cannot go on. There is no log when the call is another
// node's, which may be able to read it.
func (j *Journal) Load(ctx context.Context, key call.Key) (call.State, *Log, error) {
	l := j.Begin(key)
	c, err := j.queued(ctx, l)
	if c == nil {
		return call.State{}, nil, fmt.Errorf("load call %s: %w", key, err)
	}
	l.last, l.name = c.head().Sequence, c.head().name()
	if err == nil {
		err = l.read(c)
	}
	switch {
	case err == nil:
		return l.state.Clone(), l, nil
	case !j.owns(c.head()):
		return call.State{}, nil, fmt.Errorf("load call %s of node %s: %w", key, c.head().Node, err)
	}
	return salvage(c), l, fmt.Errorf("load call %s: %w", key, err)
}

// loadsAtOnce bounds how many calls of a stream are read at once. When a process
// finds thousands that the one before has left, all at once would all be too late.
const loadsAtOnce = 16

// queued is lastChain, in its turn.
func (j *Journal) queued(ctx context.Context, l *Log) (chain, error) {
	select {
	case j.loads[l.stream] <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-j.loads[l.stream] }()
	return j.lastChain(ctx, l.stream, l.key)
}

// read takes up what the log has to know of what is stored.
func (l *Log) read(c chain) error {
	got, err := forms.load(c)
	if err == nil {
		l.state, l.started, l.beyond, l.size = got.state, got.started, got.beyond, got.size
	}
	return err
}

// unanswered notes that the store did not say what came of an append.
func (j *Journal) unanswered(key call.Key, tries int, err error) {
	j.retries.Add(1)
	if tries == 0 {
		j.log.Error("the store does not say whether a step was stored; it is asked until it does, and the call waits: check the disk under data_dir, or the NATS cluster",
			slog.String("key", string(key)), slog.String("error", err.Error()))
	}
}

// answered notes that it did, at last.
func (j *Journal) answered(key call.Key, tries int) {
	if tries > 0 {
		j.log.Info("what came of a step is known again", slog.String("key", string(key)), slog.Int("tries", tries+1))
	}
}

// owns reports whether this node wrote a record. One without a name comes from
// a version that knew of one node only.
func (j *Journal) owns(m Message) bool {
	return j.alone || m.Node == "" || m.Node == j.node
}

// bodyMost is how many bytes a record may have. One that ends a call has twice the room
// of any other, so that a call that has grown too large can still end.
func (j *Journal) bodyMost(ended bool) int {
	if ended {
		return j.store.BodyMost()
	}
	return j.store.BodyMost() / 2
}

// Head is the end of a call's records.
type Head struct {
	Key   call.Key
	Ended bool
	Time  time.Time // when the store took the last
}

// Heads lists all calls of which there is a record, of all nodes.
func (j *Journal) Heads(ctx context.Context) ([]Head, error) {
	var all []Head
	for stream := range j.store.Streams() {
		err := j.store.Heads(ctx, stream, func(m Message) error {
			all = append(all, Head{Key: m.Key, Ended: m.Ended, Time: m.Time})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("list calls: %w", err)
		}
	}
	return all, nil
}

// Live is a call that has not ended.
type Live struct {
	Key  call.Key
	Node string // that took its last step
	Ours bool   // this node did, or there is no other
}

// Live lists the calls that have not ended, of all nodes.
func (j *Journal) Live(ctx context.Context) ([]Live, error) {
	var all []Live
	for stream := range j.store.Streams() {
		err := j.store.Heads(ctx, stream, func(m Message) error {
			if !m.Ended {
				all = append(all, Live{Key: m.Key, Node: m.Node, Ours: j.owns(m)})
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("list live calls: %w", err)
		}
	}
	return all, nil
}
