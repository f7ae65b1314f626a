package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// Store keeps files. Put is durable when it returns; what was there under the name
// before is replaced.
type Store interface {
	Put(ctx context.Context, name, contentType string, content io.Reader) error
}

// Containers keep files for the applications that own them.
type Containers interface {
	// Put is as Store's, in the container with a URL. store.ErrRefused says that trying
	// again is of no use.
	Put(ctx context.Context, containerURL, name, contentType string, content io.Reader) error
}

// Signals takes what becomes of recordings.
type Signals interface {
	// Signal may wait for room.
	Signal(id call.ID, sig call.Signal)
	// Deliver returns when the call has taken the signal for good, whether it goes on
	// or is over. When it returns an error that is not ctx's, no call will take it.
	Deliver(ctx context.Context, id call.ID, sig call.Signal) error
}

// Config is what an archive works with.
type Config struct {
	Dir        string // of the spools
	Resource   string // the id of the resource, as the metadata says it
	Limits     Limits
	Store      Store
	Containers Containers
	Signals    Signals
	Log        *slog.Logger
}

// storingAtOnce is how many files are on their way into the store at a time. Each
// needs some 25 MB there where files go up in parts.
const storingAtOnce = 4

// turnstile lets as many work at once as it has room for.
type turnstile chan struct{}

// enter waits for room.
func (t turnstile) enter(ctx context.Context) (leave func(), err error) {
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Archive makes recordings, and brings them into the store.
type Archive struct {
	cfg     Config
	start   chan func(context.Context)
	stopped chan struct{}

	// Room for those that encode, that store, and that go to containers now. They are
	// three: who waits for a store or a container holds up no encoder.
	encoding, storing, leaving turnstile

	mu        sync.Mutex
	recorders map[call.RecordingID]*recorder
	finishing map[call.RecordingID]*spool // of which not all is in the store, or whose call is not told yet
}

// New makes an archive; Run brings it to life. What a process before has left in the
// folder is found now, and finished by Run.
func New(cfg Config) (*Archive, error) {
	a := &Archive{
		cfg: cfg, start: make(chan func(context.Context)), stopped: make(chan struct{}),
		encoding: make(turnstile, max(1, runtime.GOMAXPROCS(0)/2)), storing: make(turnstile, storingAtOnce), leaving: make(turnstile, deliveriesMost),
		recorders: map[call.RecordingID]*recorder{}, finishing: map[call.RecordingID]*spool{},
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("recordings: %w", err)
	}
	return a, nil
}

// Run makes and finishes recordings until ctx is done.
func (a *Archive) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	defer close(a.stopped)
	for _, s := range a.left() {
		running.Go(func() { a.finishLeft(ctx, s) })
	}
	for {
		select {
		case f := <-a.start:
			running.Go(func() { f(ctx) })
		case <-ctx.Done():
			return nil
		}
	}
}

// run has f run by Run. It reports whether that is still possible.
func (a *Archive) run(f func(context.Context)) bool {
	select {
	case a.start <- f:
		return true
	case <-a.stopped:
		return false
	}
}

// left are the recordings of processes before this one.
func (a *Archive) left() (found []*spool) {
	dirs, err := os.ReadDir(a.cfg.Dir)
	if err != nil {
		a.cfg.Log.Error("the folder of unfinished recordings cannot be read", "error", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range dirs {
		dir := filepath.Join(a.cfg.Dir, d.Name())
		m, err := readManifest(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			a.cfg.Log.Error("a recording that the previous process has left cannot be finished: its sound is in the folder", "folder", dir, "error", err)
			continue
		}
		if a.recorders[m.Recording] == nil && a.finishing[m.Recording] == nil {
			s := newSpool(dir, a.cfg.Limits, m)
			a.finishing[m.Recording] = s
			found = append(found, s)
		}
	}
	return found
}

func (a *Archive) folder(id call.RecordingID) string { return filepath.Join(a.cfg.Dir, string(id)) }

// Start begins a recording of what tap hears, which it owns.
func (a *Archive) Start(id call.ID, e call.StartRecorder, tap *mixer.Tap) {
	r := a.newRecorder(id, e, tap)
	a.mu.Lock()
	a.recorders[e.Recording] = r
	a.finishing[e.Recording] = r.spool
	a.mu.Unlock()
	if !a.run(func(ctx context.Context) {
		r.run(ctx)
		a.mu.Lock()
		delete(a.recorders, e.Recording)
		a.mu.Unlock()
	}) {
		tap.Close()
		return
	}
	a.run(func(ctx context.Context) { a.finish(ctx, r.spool, r.log) })
}

func (a *Archive) recorder(id call.RecordingID) *recorder {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.recorders[id]
}

// Joined says whose voice a member of the room has, after a tick.
func (a *Archive) Joined(id call.RecordingID, tick uint64, m *mixer.Member, whose call.Address) {
	if r := a.recorder(id); r != nil {
		r.at(tick, func() error { r.joined(m, whose); return nil })
	}
}

// Left says that a member is not in the room any more, after a tick.
func (a *Archive) Left(id call.RecordingID, tick uint64, m *mixer.Member) {
	if r := a.recorder(id); r != nil {
		r.at(tick, func() error { r.left(m); return nil })
	}
}

// Pause leaves out what is heard after a tick, or no more.
func (a *Archive) Pause(e call.PauseRecorder, tick uint64) {
	if r := a.recorder(e.Recording); r != nil {
		r.at(tick, func() error { return r.setPaused(e.Paused) })
	}
}

// Stop ends a recording. One of which there is nothing here has no file.
func (a *Archive) Stop(id call.ID, e call.StopRecorder) {
	if r := a.recorder(e.Recording); r != nil {
		r.stop(e.Reason)
		return
	}
	a.mu.Lock()
	known := a.finishing[e.Recording] != nil
	a.mu.Unlock()
	if known {
		return
	}
	if _, err := os.Stat(filepath.Join(a.folder(e.Recording), manifestName)); err == nil {
		return // Run will find it
	}
	a.cfg.Log.Error("there is nothing left of a recording: its folder is gone", "call", string(id), "recording", string(e.Recording), "folder", a.folder(e.Recording))
	a.cfg.Signals.Signal(id, call.RecordingFinished{Recording: e.Recording})
}

func (a *Archive) signal(id call.ID, sig call.Signal) { a.cfg.Signals.Signal(id, sig) }

// Recording is how many recordings are being made.
func (a *Archive) Recording() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.recorders)
}

// Finishing is how many recordings are not in the store yet, those that are being made
// included.
func (a *Archive) Finishing() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.finishing)
}
