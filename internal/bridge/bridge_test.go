package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"strowger/internal/call"
	"strowger/internal/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	testCall = call.NewID([16]byte{7})
	legA     = call.NewLegID(testCall, 1)
	legB     = call.NewLegID(testCall, 2)
)

// ear is a leg that says one level all the time and remembers what it heard:
// the level of each frame, and each level once while it lasts.
type ear struct {
	says int16

	mu     sync.Mutex
	frames []int16
	heard  []int16
	read   int           // what hears has gone through
	news   chan struct{} // has room for one: something new was heard
}

func newEar(says int16) *ear { return &ear{says: says, news: make(chan struct{}, 1)} }

func (e *ear) String() string { return "ear" }

func (e *ear) SampleRateHz() int { return media.Narrowband }

func (e *ear) ReadFrame(dst []int16) bool {
	for i := range dst {
		dst[i] = e.says
	}
	return e.says != 0
}

func (e *ear) WriteFrame(src []int16) {
	level := src[len(src)/2]
	e.mu.Lock()
	defer e.mu.Unlock()
	e.frames = append(e.frames, level)
	if n := len(e.heard); n > 0 && e.heard[n-1] == level {
		return
	}
	e.heard = append(e.heard, level)
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// hears waits until the leg hears a level, after those that it was seen to hear.
func (e *ear) hears(t *testing.T, level int16) {
	t.Helper()
	for !e.heardNext(level) {
		select {
		case <-e.news:
		case <-time.After(20 * time.Second):
			t.Fatalf("never heard %d, but %v", level, e.heard)
		}
	}
}

func (e *ear) heardNext(level int16) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := e.read; i < len(e.heard); i++ {
		if e.heard[i] == level {
			e.read = i // it may still be going on
			return true
		}
	}
	return false
}

// each is the level of each frame so far.
func (e *ear) each() []int16 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.frames)
}

type fixture struct {
	bridge  *Bridge
	mu      sync.Mutex // of legs, as long as any changes
	legs    map[call.LegID]*ear
	phones  map[call.LegID]*phone
	signals chan call.Signal
	files   map[string]int16  // level of each file's sound; absent: cannot be fetched
	slow    chan struct{}     // fetches of "slow" wait until it is closed
	length  int               // of each file, in samples
	fetch   func(file string) // called for each, when it is there
}

func (f *fixture) Media(leg call.LegID) (Media, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p := f.phones[leg]; p != nil {
		return p, true
	}
	e, ok := f.legs[leg]
	return e, ok
}

func (f *fixture) readdress(to, was call.LegID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.legs[to] = f.legs[was]
	delete(f.legs, was)
}

func (f *fixture) Signal(_ call.ID, sig call.Signal) { f.signals <- sig }

func (f *fixture) Open(ctx context.Context, src call.PlaySource, rateHz int) (Sound, error) {
	if f.fetch != nil {
		f.fetch(src.File)
	}
	if src.File == "slow" {
		select {
		case <-f.slow:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	level, ok := f.files[src.File]
	if !ok {
		return nil, errors.New("no such file")
	}
	return &levels{samples: f.length, level: level}, nil
}

// levels is a source of one steady level.
type levels struct {
	samples int
	level   int16
}

func (l *levels) Next() (Piece, error) {
	if l.samples == 0 {
		return Piece{}, io.EOF
	}
	p := Piece{Samples: make([]int16, min(l.samples, pieceSamples))}
	l.samples -= len(p.Samples)
	for i := range p.Samples {
		p.Samples[i] = l.level
	}
	return p, nil
}

func (l *levels) Close() {}

// serve runs a bridge until f returns.
func serve(t *testing.T, f func(*fixture)) {
	x := &fixture{legs: map[call.LegID]*ear{legA: newEar(100), legB: newEar(2000)}, signals: make(chan call.Signal, 64),
		files: map[string]int16{"a": 7, "b": 9, "slow": 11}, slow: make(chan struct{}), length: 1600}
	clock := media.NewClock(1)
	x.bridge = New(Config{Clock: clock, Legs: x, Signals: x, Sources: x, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { _ = clock.Run(ctx) })
	run.Go(func() { _ = x.bridge.Run(ctx) })
	f(x)
	cancel()
	run.Wait()
}

func (f *fixture) do(effects ...call.SoundEffect) {
	for _, e := range effects {
		f.bridge.Perform(testCall, e)
	}
}

func (f *fixture) expect(t *testing.T, want ...call.Signal) {
	t.Helper()
	for _, w := range want {
		select {
		case got := <-f.signals:
			if fmt.Sprintf("%T%+v", got, got) != fmt.Sprintf("%T%+v", w, w) {
				t.Fatalf("signal %T%+v, want %T%+v", got, got, w, w)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no signal, want %T%+v", w, w)
		}
	}
}

func play(op call.OperationID, loop bool, to []call.LegID, files ...string) call.StartPlayer {
	e := call.StartPlayer{Operation: op, Loop: loop, To: to}
	for _, f := range files {
		e.Sources = append(e.Sources, call.PlaySource{File: f})
	}
	return e
}

func TestJoinedLegsHearEachOtherAndNotThemselves(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.Join{Leg: legB})
		f.legs[legA].hears(t, 2000)
		f.legs[legB].hears(t, 100)
		f.do(call.Leave{Leg: legB})
		f.legs[legA].hears(t, 0)
	})
}

// A leg is in one room at a time, also when the call that it leaves has closed.
func TestALegMovesFromOneConversationToAnother(t *testing.T) {
	for _, closed := range []bool{false, true} {
		serve(t, func(f *fixture) {
			later := call.NewID([16]byte{8})
			legC, moved := call.NewLegID(later, 1), call.NewLegID(later, 2)
			f.legs[legC] = newEar(3000)
			f.do(call.Join{Leg: legA}, call.Join{Leg: legB}, play(1, true, []call.LegID{legB}, "a"))
			f.bridge.Perform(later, call.Join{Leg: legC})
			f.expect(t, call.PlayerStarted{Operation: 1})
			f.legs[legA].hears(t, 2000)
			b := f.legs[legB]
			f.readdress(moved, legB)
			if closed {
				f.do(call.Close{})
			}
			f.bridge.Perform(later, call.Join{Leg: moved, Was: legB})
			f.bridge.Perform(later, play(2, true, []call.LegID{moved}, "a"))
			f.legs[legC].hears(t, 2000)
			b.hears(t, 3007)
			if !closed {
				f.expect(t, call.PlayerFinished{Operation: 1}, call.PlayerStarted{Operation: 2}) // it played to nobody else
				f.legs[legA].hears(t, 0)
				f.do(call.Leave{Leg: legB})
			}
			f.bridge.Perform(later, call.StopPlayer{Operation: 2})
			f.bridge.Perform(later, call.Close{})
		})
	}
}

func TestAMutedLegHearsAndIsNotHeard(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.Join{Leg: legB})
		f.legs[legB].hears(t, 100)
		f.do(call.MuteLeg{Leg: legA, Muted: true})
		f.legs[legB].hears(t, 0)
		f.legs[legA].hears(t, 2000)
	})
}

func TestAPlayIsHeardAndReportedFromItsStartToItsEnd(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, play(1, false, nil, "a", "b"))
		f.legs[legA].hears(t, 7)
		f.legs[legA].hears(t, 9)
		f.expect(t, call.PlayerStarted{Operation: 1}, call.PlayerFinished{Operation: 1})
	})
}

func TestAPlayToOneIsHeardByThatOneAlone(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.Join{Leg: legB}, call.Isolate{Leg: legA, Isolated: true}, play(1, true, []call.LegID{legA}, "a"))
		f.legs[legA].hears(t, 7)
		f.legs[legB].hears(t, 0)
		f.do(call.StopPlayer{Operation: 1}, call.Isolate{Leg: legA})
		f.legs[legA].hears(t, 2000)
		f.expect(t, call.PlayerStarted{Operation: 1}, call.PlayerFinished{Operation: 1})
	})
}

func TestWhoIsInAGroupHearsWhatIsPlayedToItAndNobodyElse(t *testing.T) {
	serve(t, func(f *fixture) {
		toGroup := play(1, true, nil, "a")
		toGroup.Groups = 2
		f.do(call.Join{Leg: legA}, call.Join{Leg: legB}, call.Regroup{Leg: legA, Groups: 2}, toGroup)
		f.legs[legA].hears(t, 7)
		f.legs[legB].hears(t, 0)
		f.do(call.RegroupPlayer{Operation: 1})
		f.legs[legB].hears(t, 7)
		f.do(call.Regroup{Leg: legA, Groups: call.DefaultGroup})
		f.legs[legA].hears(t, 2007)
		f.legs[legB].hears(t, 107)
		f.do(call.StopPlayer{Operation: 1})
		f.legs[legB].hears(t, 100)
		f.expect(t, call.PlayerStarted{Operation: 1}, call.PlayerFinished{Operation: 1})
	})
}

func TestALoopPlaysUntilItIsStopped(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, play(1, true, nil, "a", "b"))
		for range 2 {
			f.legs[legA].hears(t, 7)
			f.legs[legA].hears(t, 9)
		}
		f.do(call.StopPlayer{Operation: 1})
		f.expect(t, call.PlayerStarted{Operation: 1}, call.PlayerFinished{Operation: 1})
	})
}

func TestAFileThatCannotBeFetchedFailsThePlayWhenItIsReached(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, play(1, false, nil, "a", "b", "missing", "a"))
		f.legs[legA].hears(t, 7)
		f.legs[legA].hears(t, 9)
		f.expect(t, call.PlayerStarted{Operation: 1}, call.PlayerFailed{Operation: 1, Source: 2, Reason: call.PlayDownload, Detail: "no such file"})
		f.do(play(2, false, nil, "missing", "a")) // and nothing is heard of this one
		f.expect(t, call.PlayerFailed{Operation: 2, Source: 0, Reason: call.PlayDownload, Detail: "no such file"})
	})
}

func TestAPlayIsHeardFromItsFirstSourceWhileTheOthersAreFetched(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, play(1, false, nil, "a", "slow"))
		f.legs[legA].hears(t, 7)
		f.expect(t, call.PlayerStarted{Operation: 1})
		f.legs[legA].hears(t, 0)
		close(f.slow)
		f.legs[legA].hears(t, 11)
		f.expect(t, call.PlayerFinished{Operation: 1})
	})
}

func TestAPlayStoppedInASourceThatDoesNotComeIsOver(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, play(1, false, nil, "a", "slow"))
		f.expect(t, call.PlayerStarted{Operation: 1})
		f.do(call.StopPlayer{Operation: 1})
		f.expect(t, call.PlayerFinished{Operation: 1})
	})
}

func TestAPlayWhoseListenersLeaveIsOverAndFetchesNothingMore(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.Join{Leg: legB}, play(1, false, []call.LegID{legA}, "a", "slow"))
		f.expect(t, call.PlayerStarted{Operation: 1})
		f.do(call.Leave{Leg: legA})
		f.expect(t, call.PlayerFinished{Operation: 1})
	})
}

func TestStoppingAPlayEndsItsFetch(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, play(1, false, nil, "slow"), call.StopPlayer{Operation: 1})
		f.expect(t, call.PlayerFailed{Operation: 1, Reason: call.PlayDownload})
		f.do(play(2, false, nil, "a")) // and holds up nothing
		f.expect(t, call.PlayerStarted{Operation: 2})
	})
}

func TestASlowFetchHoldsUpNobody(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, play(1, false, nil, "slow"), call.Join{Leg: legB})
		f.legs[legA].hears(t, 2000)
		close(f.slow)
		f.legs[legA].hears(t, 2011)
	})
}

func TestAClosedCallStopsAllThatRanForIt(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.Join{Leg: legB}, play(1, true, nil, "a"))
		f.expect(t, call.PlayerStarted{Operation: 1})
		c := f.bridge.conversations[testCall]
		f.do(call.StopPlayer{Operation: 1}, call.Close{})
		<-c.done
		if n := f.bridge.Conversations(); n != 0 {
			t.Fatalf("%d conversations", n)
		}
	})
}

func TestACallThatIsNeverJoinedHasNoRoom(t *testing.T) {
	serve(t, func(f *fixture) {
		f.do(call.Leave{Leg: legA}, call.StopPlayer{Operation: 1}, call.Close{})
		if n := f.bridge.Conversations(); n != 0 {
			t.Fatalf("%d conversations", n)
		}
	})
}
