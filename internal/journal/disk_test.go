package journal_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/test/disk"
)

// lines are a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) has(s string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), s)
}

// openRunning opens a journal and keeps it in order until the test ends.
func openRunning(t *testing.T, c journal.Config, log io.Writer) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), c, slog.New(slog.NewTextHandler(log, nil)))
	must(t, err)
	t.Cleanup(j.Close)
	keepInOrder(t, j)
	return j
}

// keepInOrder runs a journal until stop is called or the test ends.
func keepInOrder(t *testing.T, j *journal.Journal) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = j.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	return stop
}

// await waits for a fact.
func await(t *testing.T, what string, fact func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(time.Minute); !fact(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func awaitReserve(t *testing.T, dir string) {
	t.Helper()
	await(t, "the reserve", func() bool {
		info, err := os.Stat(filepath.Join(dir, "reserve"))
		return err == nil && info.Size() > 0
	})
}

func hasRoom(j *journal.Journal) func() bool { return func() bool { return j.Room() == nil } }

func begin(t *testing.T, j *journal.Journal, n int) *journal.Log {
	t.Helper()
	log := j.Begin(callID(n).Key())
	must(t, log.Append(t.Context(), stateOf(n, 1), played("1")))
	return log
}

// soon fails when an append is not answered at once.
func soon(t *testing.T, log *journal.Log, state call.State) error {
	t.Helper()
	began := time.Now()
	err := log.Append(t.Context(), state, played(fmt.Sprint(state.Step)))
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("an append took %v: %v", took, err)
	}
	return err
}

func TestAFullDiskRefusesNewCallsAndLetsThoseThatAreThereEnd(t *testing.T) {
	dir, out := disk.Small(t, "24m"), &lines{}
	j := openRunning(t, journal.Config{Dir: filepath.Join(dir, "nats")}, out)
	var logs []*journal.Log
	for n := range 20 {
		logs = append(logs, begin(t, j, n))
	}
	awaitReserve(t, filepath.Join(dir, "nats"))
	free := disk.Fill(t, dir)
	if err := soon(t, j.Begin(callID(100).Key()), stateOf(100, 1)); !errors.Is(err, journal.ErrNoSpace) {
		t.Errorf("a new call: %v", err)
	}
	if err := j.Room(); !errors.Is(err, journal.ErrNoSpace) {
		t.Errorf("there is said to be room: %v", err)
	}
	for n, log := range logs {
		for step := range uint64(5) {
			must(t, soon(t, log, stateOf(n, 2+step)))
		}
		ended := stateOf(n, 7)
		ended.Phase = call.Ended
		must(t, soon(t, log, ended))
	}
	free()
	await(t, "room again", hasRoom(j))
	begin(t, j, 100)
	if got := records(t, j, 20*7+1); len(got) != 20*7+1 {
		t.Errorf("%d records", len(got))
	}
	if !out.has("no new calls are taken") || !out.has("can store new calls again") {
		t.Errorf("the log does not say it:\n%s", &out.text)
	}
}

// What is free, and what follows: the same without a disk to fill.
func TestNewCallsNeedMoreFreeSpaceThanThoseThatAreThere(t *testing.T) {
	const total, reserve = 64 << 20, 4 << 20 // a sixteenth
	var free atomic.Int64
	free.Store(total)
	dir := t.TempDir()
	j := openRunning(t, journal.OnDisk(journal.Config{Dir: dir}, &free, total), io.Discard)
	awaitReserve(t, dir)
	log, n, step := begin(t, j, 1), 1, uint64(1)
	for _, at := range []struct {
		free       int64
		news, live bool
	}{
		{reserve + 1<<20, true, true},
		{reserve - 1, false, true},
		{reserve + 1<<20, false, true}, // not yet again: it would come and go
		{2*reserve + 1, true, true},
		{reserve / 4, false, true},
		{0, false, false}, // the reserve does not help: somebody else has taken it
		{total, true, true},
	} {
		free.Store(at.free)
		await(t, fmt.Sprintf("room for new calls is %v with %d free", at.news, at.free), func() bool { return (j.Room() == nil) == at.news })
		n++
		if err := j.Begin(callID(n).Key()).Append(t.Context(), stateOf(n, 1), nil); (err == nil) != at.news {
			t.Errorf("a new call with %d free: %v", at.free, err)
		}
		err := log.Append(t.Context(), stateOf(1, step+1), nil)
		if (err == nil) != at.live {
			t.Errorf("a step with %d free: %v", at.free, err)
		}
		if err == nil {
			step++
		}
	}
}

func TestWhenEvenTheReserveIsGoneNothingIsLostAndAllGoesOnByItself(t *testing.T) {
	dir := disk.Small(t, "24m")
	j := openRunning(t, journal.Config{Dir: filepath.Join(dir, "nats")}, io.Discard)
	log := begin(t, j, 1)
	free := disk.Fill(t, dir)
	step := uint64(1)
	for {
		state := stateOf(1, step+1)
		state.StartedBy = call.Address(strings.Repeat("x", 20_000))
		err := soon(t, log, state)
		if errors.Is(err, journal.ErrNoSpace) {
			break
		}
		must(t, err)
		step++
	}
	if err := soon(t, log, stateOf(1, step+1)); !errors.Is(err, journal.ErrNoSpace) {
		t.Errorf("once more: %v", err)
	}
	free()
	await(t, "room again", hasRoom(j))
	must(t, soon(t, log, stateOf(1, step+1)))
	if got := steps(t, j, int(step)+1); got[step] != step+1 {
		t.Errorf("the last steps are %v", got[step-1:])
	}
}

func TestAJournalIsOpenedOnAFullDisk(t *testing.T) {
	dir := disk.Small(t, "24m")
	config := journal.Config{Dir: filepath.Join(dir, "nats")}
	j, err := journal.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	must(t, err)
	stop := keepInOrder(t, j)
	log := begin(t, j, 1)
	awaitReserve(t, config.Dir)
	disk.Fill(t, dir)
	must(t, log.Append(t.Context(), stateOf(1, 2), nil))
	stop()
	j.Close()

	j = openRunning(t, config, io.Discard)
	j.Trim(t.Context())
	live, err := j.Live(t.Context())
	must(t, err)
	if len(live) != 1 {
		t.Fatalf("live calls: %v", live)
	}
	state, log, err := j.Load(t.Context(), live[0].Key)
	must(t, err)
	state.Step, state.Phase = state.Step+1, call.Ended
	must(t, log.Append(t.Context(), state, played("the end")))
	if err := j.Room(); !errors.Is(err, journal.ErrNoSpace) {
		t.Errorf("there is said to be room: %v", err)
	}
}

// A write that fails all the same closes a stream of NATS for good.
func TestAStreamThatCouldNotBeWrittenIsOpenedAgain(t *testing.T) {
	t.Run("the disk is full", func(t *testing.T) {
		var lies atomic.Bool
		dir := disk.Small(t, "24m")
		openedAgain(t, journal.Lying(journal.Config{Dir: filepath.Join(dir, "nats")}, &lies), func() (end func()) {
			lies.Store(true)
			free := disk.Fill(t, dir)
			return func() { free(); lies.Store(false) }
		})
	})
	t.Run("files may not grow", func(t *testing.T) {
		if os.Getenv(limited) == "" {
			inAnotherProcess(t, limited)
			return
		}
		openedAgain(t, journal.Config{Dir: t.TempDir()}, func() (end func()) { return limitFiles(t, 100<<10) })
	})
}

// limited is set in the environment of a process whose files may not grow: in that
// of the test, its own log could not be written either.
const limited = "STROWGER_TEST_LIMITED"

// inAnotherProcess runs the same test again, with a variable in its environment.
func inAnotherProcess(t *testing.T, variable string) {
	t.Helper()
	var parts []string
	for part := range strings.SplitSeq(t.Name(), "/") {
		parts = append(parts, "^"+part+"$")
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run", strings.Join(parts, "/"), "-test.v")
	again.Env = append(os.Environ(), variable+"=1")
	if out, err := again.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("in a process of its own: %v\n%s", err, out)
	}
}

// limitFiles bounds the files that this process writes.
func limitFiles(t *testing.T, bytes uint64) (end func()) {
	t.Helper()
	var before syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	signal.Ignore(syscall.SIGXFSZ) // the write fails instead
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: before.Max}))
	end = sync.OnceFunc(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Error(err)
		}
		signal.Reset(syscall.SIGXFSZ)
	})
	t.Cleanup(end)
	return end
}

func openedAgain(t *testing.T, c journal.Config, begins func() (end func())) {
	out := &lines{}
	j := openRunning(t, c, out)
	var followed atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	for stream := range j.Streams() {
		following.Go(func() {
			_ = j.Follow(ctx, stream, journal.Position{}, func(r journal.Record) error {
				followed.Add(int64(len(r.Events)))
				return nil
			})
		})
	}
	defer following.Wait()
	defer cancel()
	log := begin(t, j, 1)
	end := begins()
	step := uint64(1)
	for ; ; step++ {
		err := soon(t, log, stateOf(1, step+1))
		if errors.Is(err, journal.ErrUnwritable) || errors.Is(err, journal.ErrNoSpace) {
			break
		}
		must(t, err)
	}
	if !out.has("critical write error") {
		t.Errorf("NATS had no trouble:\n%s", &out.text)
	}
	end()
	await(t, "the next step", func() bool { return soon(t, log, stateOf(1, step+1)) == nil })
	await(t, "room again", hasRoom(j))
	begin(t, j, 2)
	await(t, "the readers", func() bool { return followed.Load() == int64(step)+2 })
	if got := steps(t, j, int(step)+2); len(got) != int(step)+2 {
		t.Errorf("%d records", len(got))
	}
}
