package transaction

import (
	"context"
	"hash/maphash"
	"runtime"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// Config sizes a layer. Zero values mean two shards a core and 1024 messages a shard.
type Config struct {
	Shards int
	Queue  int
	// Handler makes the transaction user of each shard.
	Handler func(*Shard) Handler
}

// Layer spreads Call-IDs over shards.
type Layer struct {
	shards []*Shard
	seed   maphash.Seed
}

// New makes the shards; Run starts them.
func New(cfg Config) *Layer {
	if cfg.Shards == 0 {
		cfg.Shards = 2 * runtime.GOMAXPROCS(0)
	}
	if cfg.Queue == 0 {
		cfg.Queue = 1024
	}
	l := &Layer{seed: maphash.MakeSeed()}
	for range cfg.Shards {
		s := newShard(cfg.Queue)
		s.handler = cfg.Handler(s)
		l.shards = append(l.shards, s)
	}
	return l
}

// Run serves until ctx is done. Transactions are left as they are.
func (l *Layer) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, s := range l.shards {
		wg.Go(func() { s.run(ctx) })
	}
	wg.Wait()
	return nil
}

// Shard is where everything about a Call-ID happens.
func (l *Layer) Shard(callID string) *Shard {
	return l.shards[maphash.String(l.seed, callID)%uint64(len(l.shards))]
}

// Receive hands a message to its shard; from is where the answer to a request
// goes (RFC 3261 18.2.2). It never blocks and keeps the order of its calls:
// ErrIncomplete and ErrBusy mean that the message was not taken.
func (l *Layer) Receive(msg sip.Message, from Flow) error {
	if err := complete(msg); err != nil {
		return err
	}
	return l.Shard(msg.CallID().Value()).push(item{msg: msg, from: from})
}
