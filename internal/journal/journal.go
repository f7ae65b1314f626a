package journal

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"time"

	"strowger/internal/call"
)

// Config says where the journal is kept. Dir or URL has to be set.
type Config struct {
	Dir          string        // the files of the embedded server
	URL          string        // an existing NATS cluster with JetStream; Dir is not used then
	Streams      int           // 4 when 0; only the first start of an installation decides
	MaxBytes     int64         // of all streams together; 4 GiB when 0
	SyncInterval time.Duration // 0: on the disk before it is acknowledged. The embedded server's only
}

func (c Config) withDefaults() Config {
	if c.Streams == 0 {
		c.Streams = 4
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
	log   *slog.Logger
}

// Open opens the journal, starting the embedded server when there is no URL.
func Open(ctx context.Context, c Config, log *slog.Logger) (*Journal, error) {
	store, err := openJetStream(ctx, c.withDefaults(), log)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	return Over(store, log), nil
}

// Over makes a journal over a store, which it owns from then on.
func Over(store Storage, log *slog.Logger) *Journal {
	return &Journal{store: store, log: log}
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
func (j *Journal) Load(ctx context.Context, key call.Key) (call.State, *Log, error) {
	l := j.Begin(key)
	m, err := j.store.Last(ctx, l.stream, key)
	if err != nil {
		return call.State{}, nil, fmt.Errorf("load call %s: %w", key, err)
	}
	r, err := decode(m)
	if err != nil {
		return call.State{}, nil, fmt.Errorf("load call %s: %w", key, err)
	}
	state, err := r.State()
	if err != nil {
		return call.State{}, nil, fmt.Errorf("load call %s: %w", key, err)
	}
	l.stored(m, r.Started)
	return state, l, nil
}

// Live lists the calls that have not ended.
func (j *Journal) Live(ctx context.Context) ([]call.Key, error) {
	var keys []call.Key
	for stream := range j.store.Streams() {
		err := j.store.Heads(ctx, stream, func(m Message) error {
			if !m.Ended {
				keys = append(keys, m.Key)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("list live calls: %w", err)
		}
	}
	return keys, nil
}
