package chronicle

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"strowger/internal/call"
	"strowger/internal/journal"
)

// Follower tells all calls as they happen.
type Follower struct {
	journal *journal.Journal
	from    []uint64 // of each stream
	telling sync.Mutex
	tell    func(Line)
}

// NewFollower tells what happens from now on, once it runs. tell is not called twice
// at once.
func NewFollower(ctx context.Context, j *journal.Journal, tell func(Line)) (*Follower, error) {
	f := &Follower{journal: j, tell: tell}
	for stream := range j.Streams() {
		end, err := j.End(ctx, stream)
		if err != nil {
			return nil, err
		}
		f.from = append(f.from, end+1)
	}
	return f, nil
}

// Run tells until ctx is done, and returns its error.
func (f *Follower) Run(ctx context.Context) error {
	following, ctx := errgroup.WithContext(ctx)
	for stream, from := range f.from {
		following.Go(func() error {
			tellers := map[call.ID]*Teller{} // of the stream's calls that live
			return f.journal.Follow(ctx, stream, journal.Position{Next: from}, func(r journal.Record) error {
				if r.Call == "" {
					return nil // a copy, or a record that cannot be read
				}
				if tellers[r.Call] == nil {
					tellers[r.Call] = NewTeller()
				}
				f.Tell(tellers[r.Call].Record(r)...)
				if r.Ended {
					delete(tellers, r.Call)
				}
				return nil
			})
		})
	}
	return following.Wait()
}

// Tell tells lines between the others.
func (f *Follower) Tell(lines ...Line) {
	f.telling.Lock()
	defer f.telling.Unlock()
	for _, l := range lines {
		f.tell(l)
	}
}
