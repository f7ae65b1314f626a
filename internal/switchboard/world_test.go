package switchboard_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/call/calltest"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
	"strowger/internal/switchboard"
)

// The stories in testdata have a world: a switchboard that runs, its journal,
// the time that passes, and what goes wrong. Below each line stands what
// follows: what whoever asked was told, and then, in order, what was stored and
// which effects were handed out.
func TestStoriesWithAWorld(t *testing.T) {
	calltest.Stories(t, func(t *testing.T, story string) (told string) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.start()
			told = calltest.Tell(story, w.follows)
			w.crash()
		})
		return told
	})
}

// world is one node and what is around it.
type world struct {
	t       *testing.T
	store   *store
	journal *journal.Journal

	// The process that runs; board is nil after a crash.
	board *switchboard.Switchboard
	kill  context.CancelFunc
	run   sync.WaitGroup

	waiting []*asked
	full    atomic.Bool // the journal says that it has no room for new calls

	mu      sync.Mutex
	seen    map[call.Key][]string // since the last line; calls do not wait for each other
	streams map[call.ID]int       // where calls are stored; a stream that hangs cannot be asked
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, store: &store{Store: journaltest.NewStore(2)}, seen: map[call.Key][]string{}, streams: map[call.ID]int{}}
	w.store.Watch(w.stored)
	w.journal = journal.Over(w.store, "node", slog.New(slog.DiscardHandler))
	return w
}

// verbs are what a line can begin with, beside the inputs of calls. Each gets
// what stands after it.
func (w *world) verbs() map[string]func(rest string) []string {
	return map[string]func(string) []string{
		"after":                                         w.after,
		"append fails":                                  w.appendFails,
		"acknowledgement lost":                          func(string) []string { w.store.LoseAcknowledgements(1); return nil },
		"the journal hangs":                             func(string) []string { return w.trouble(w.store.Stall) },
		"the journal stores and hangs":                  func(string) []string { return w.trouble(w.store.Mute) },
		"the stream of the call hangs":                  func(string) []string { w.store.Stall(w.stream(calltest.Call)); return nil },
		"the stream of the call stores and hangs":       func(string) []string { w.store.Mute(w.stream(calltest.Call)); return nil },
		"the stream of the call goes on":                func(string) []string { w.store.Resume(w.stream(calltest.Call)); return nil },
		"the stream of the other call hangs":            func(string) []string { w.store.Stall(w.stream(calltest.Other)); return nil },
		"the stream of the other call stores and hangs": func(string) []string { w.store.Mute(w.stream(calltest.Other)); return nil },
		"the stream of the other call goes on":          func(string) []string { w.store.Resume(w.stream(calltest.Other)); return nil },
		"the journal goes on":                           func(string) []string { w.store.GoOn(); return nil },
		"the journal fills up":                          func(string) []string { w.store.Fail(journal.ErrFull); return nil },
		"the journal is full":                           func(string) []string { w.full.Store(true); w.store.Fail(journal.ErrFull); return nil },
		"the journal has room":                          func(string) []string { w.full.Store(false); w.store.Fail(nil); return nil },
		"another owner takes the call":                  w.anotherOwner,
		"the record is spoilt":                          w.spoil,
		"the record is cut short":                       w.cut,
		"a newer version has the call":                  w.newer,
		"messages are bounded to":                       w.bound,
		"crash":                                         func(string) []string { w.crash(); return nil },
		"restart":                                       w.restart,
		"stop":                                          w.stop,
		"live calls":                                    func(string) []string { return []string{fmt.Sprint(w.board.Stats().Calls)} },
		"in the other call:":                            func(rest string) []string { return w.input(calltest.Other, 1, rest) },
	}
}

// follows does what a line says, and waits until nothing happens any more.
func (w *world) follows(line string) []string {
	told := w.do(line)
	synctest.Wait()
	return append(append(told, w.late()...), w.drain()...)
}

func (w *world) do(line string) []string {
	for verb, act := range w.verbs() {
		if rest, ok := strings.CutPrefix(line, verb); ok {
			return act(strings.TrimSpace(rest))
		}
	}
	count, rest, ok := strings.Cut(line, " times ")
	if n, err := strconv.Atoi(count); ok && err == nil {
		return w.input(calltest.Call, n, rest)
	}
	return w.input(calltest.Call, 1, line)
}

// ---- What people and applications do ----

// asked is a command, a signal or a recovery that is under way.
type asked struct {
	name   string
	answer string // set before done is closed; empty when nobody is told
	done   chan struct{}
}

// ask does f beside the story, and tells what came of it or that it waits.
func (w *world) ask(name string, f func() (answer string)) []string {
	a := &asked{name: name, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.answer = f()
	}()
	synctest.Wait()
	select {
	case <-a.done:
		if a.answer == "" {
			return nil
		}
		return []string{a.answer}
	default:
		w.waiting = append(w.waiting, a)
		return []string{"waits"}
	}
}

// late tells what came of those that waited.
func (w *world) late() (told []string) {
	var still []*asked
	for _, a := range w.waiting {
		select {
		case <-a.done:
			if a.answer != "" {
				told = append(told, a.name+" "+a.answer)
			}
		default:
			still = append(still, a)
		}
	}
	w.waiting = still
	return told
}

func (w *world) input(id call.ID, times int, line string) []string {
	w.t.Helper()
	in, err := calltest.Parse(id, line)
	if err != nil {
		w.t.Fatal(err)
	}
	name, _, _ := strings.Cut(line, " ")
	board := w.board
	return w.ask(name, func() (answer string) {
		for range times {
			switch in := in.(type) {
			case call.Command:
				answer = outcome(ask(board, id, in))
			case call.Signal:
				board.Signal(id, in)
			}
		}
		return answer
	})
}

// patience is how long who gives a command waits for its answer.
const patience = 15 * time.Second

func ask(board *switchboard.Switchboard, id call.ID, cmd call.Command) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := board.Command(ctx, id.Key(), cmd)
	return err
}

func outcome(err error) string {
	var refusal *call.Error
	switch {
	case err == nil:
		return "accepted"
	case errors.Is(err, context.DeadlineExceeded):
		return "was not answered in time"
	case errors.As(err, &refusal):
		return "refused: " + err.Error()
	}
	return "failed: " + err.Error()
}

// ---- What happens to the node ----

func (w *world) start() {
	ctx, kill := context.WithCancel(w.t.Context())
	w.kill = kill
	w.board = switchboard.New(switchboard.Config{
		Journal: calls{w.journal, &w.full}, Legs: legs{w}, Sound: sound{w}, Log: slog.New(slog.DiscardHandler),
	})
	board := w.board
	w.run.Go(func() { _ = board.Run(ctx) })
}

// crash stops everything where it is. Nobody is told what came of what they
// asked for.
func (w *world) crash() {
	w.kill()
	w.run.Wait()
	synctest.Wait()
	w.board, w.waiting = nil, nil
}

// restart is what the server does at its start.
func (w *world) restart(string) []string {
	w.start()
	board := w.board
	return w.ask("restart", func() string {
		live, err := w.journal.Live(context.Background())
		if err != nil {
			return outcome(err)
		}
		var ours []call.Key
		for _, l := range live {
			if l.Ours {
				ours = append(ours, l.Key)
			}
		}
		r, err := board.Recover(context.Background(), ours, time.Time{})
		if err == nil {
			err = r.Wait(context.Background())
		}
		if err != nil {
			return outcome(err)
		}
		return "ready"
	})
}

// stop is what the server does when the time is over that calls are given.
func (w *world) stop(string) []string {
	board := w.board
	return w.ask("stop", func() string {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		board.Drain()
		board.Stop()
		if err := board.Quiet(ctx); err != nil {
			return fmt.Sprintf("leaves %d calls", board.Stats().Calls)
		}
		return "ended every call"
	})
}

func (w *world) after(rest string) []string {
	d, err := time.ParseDuration(rest)
	if err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(d)
	return nil
}

func (w *world) appendFails(rest string) []string {
	n := 1
	if count, ok := strings.CutSuffix(rest, " times"); ok {
		n, _ = strconv.Atoi(count)
	}
	w.store.fail(n)
	return nil
}

// anotherOwner is another node that takes a step of the call.
func (w *world) anotherOwner(string) []string {
	other := journal.Over(w.store.Store, "other", slog.New(slog.DiscardHandler))
	state, log, err := other.Load(context.Background(), calltest.Call.Key())
	if err != nil {
		w.t.Fatal(err)
	}
	state.Step++
	if err := log.Append(context.Background(), state, nil); err != nil {
		w.t.Fatal(err)
	}
	return nil
}

// spoil makes the last record of the call one that nobody can read as it is.
func (w *world) spoil(string) []string {
	return w.rewrite(func(m *journal.Message) {
		m.Body = bytes.Replace(m.Body, []byte(`"Phase":"`), []byte(`"Phase":7,"Once":"`), 1)
	})
}

// cut makes it one of which nothing can be told.
func (w *world) cut(string) []string {
	return w.rewrite(func(m *journal.Message) { m.Body = m.Body[:len(m.Body)/2] })
}

// newer makes it one of a version that is to come, on this node or on the one
// that is named.
func (w *world) newer(node string) []string {
	return w.rewrite(func(m *journal.Message) {
		m.Body = regexp.MustCompile(`"Format":\d+`).ReplaceAll(m.Body, []byte(`"Format":99`))
		m.Node = cmp.Or(strings.TrimPrefix(node, "on "), m.Node)
	})
}

func (w *world) rewrite(change func(*journal.Message)) []string {
	w.store.Watch(nil)
	defer w.store.Watch(w.stored)
	m := w.last(calltest.Call)
	last := m.Sequence
	change(&m)
	if _, err := w.store.Store.Append(context.Background(), m, last); err != nil {
		w.t.Fatal(err)
	}
	return nil
}

// last is the last message of a call.
func (w *world) last(id call.ID) journal.Message {
	for stream := range w.store.Streams() {
		if m, err := w.store.Last(context.Background(), stream, id.Key()); err == nil {
			return m
		}
	}
	w.t.Fatal("nothing of the call is stored")
	panic("unreachable")
}

// stream is where a call is stored.
func (w *world) stream(id call.ID) int {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	stream, ok := w.streams[id]
	if !ok {
		w.t.Fatalf("nothing of call %s is stored", id)
	}
	return stream
}

// trouble comes over every stream.
func (w *world) trouble(begin func(stream int)) []string {
	for stream := range w.store.Streams() {
		begin(stream)
	}
	return nil
}

// bound is how many bytes a message may have from now on.
func (w *world) bound(bytes string) []string {
	n, err := strconv.Atoi(bytes)
	if err != nil {
		w.t.Fatal(err)
	}
	w.store.LimitBodies(n)
	return nil
}

// ---- What is seen ----

func (w *world) add(id call.ID, line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[id.Key()] = append(w.seen[id.Key()], line)
}

func (w *world) drain() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := slices.Concat(w.seen[calltest.Call.Key()], w.seen[calltest.Other.Key()])
	clear(w.seen)
	return seen
}

func (w *world) stored(m journal.Message) {
	r, err := journal.Over(only{w.store.Store, m}, "", slog.New(slog.DiscardHandler)).At(context.Background(), m.Stream, m.Sequence)
	if err != nil {
		return // a story has spoilt it
	}
	whose := ""
	switch r.Call {
	case calltest.Call:
	case calltest.Other:
		whose = " of the other call"
	default:
		whose = " of call " + string(r.Call)
	}
	if m.Node != "node" {
		whose = ", by the other"
	}
	w.mu.Lock()
	w.streams[r.Call] = m.Stream
	w.mu.Unlock()
	w.add(r.Call, fmt.Sprintf("stored step %d%s", r.Step, whose))
	for _, e := range r.Events {
		w.add(r.Call, "event  "+calltest.Show(e))
	}
}

// only is a store from which one message is read, also while it hangs.
type only struct {
	*journaltest.Store
	message journal.Message
}

func (o only) At(context.Context, int, uint64) (journal.Message, error) { return o.message, nil }

type legs struct{ *world }

func (l legs) Perform(e call.LegEffect) {
	leg := call.LegID(reflect.ValueOf(e).FieldByName("Leg").String())
	l.add(leg.Call(), "effect "+calltest.Show(e))
}

type sound struct{ *world }

func (s sound) Perform(id call.ID, e call.SoundEffect) { s.add(id, "effect "+calltest.Show(e)) }

// calls is the journal as the switchboard sees it.
type calls struct {
	*journal.Journal
	full *atomic.Bool
}

func (j calls) Room() error {
	if j.full.Load() {
		return switchboard.ErrNoRoom
	}
	return nil
}

func (j calls) Begin(key call.Key) switchboard.Log { return callLog{j.Journal.Begin(key)} }

func (j calls) Load(ctx context.Context, key call.Key) (call.State, switchboard.Log, error) {
	state, log, err := j.Journal.Load(ctx, key)
	if log == nil {
		return state, nil, inItsWords(err)
	}
	return state, callLog{log}, inItsWords(err)
}

type callLog struct{ *journal.Log }

func (l callLog) Append(ctx context.Context, s call.State, events []call.Event, usage ...call.Usage) error {
	return inItsWords(l.Log.Append(ctx, s, events, usage...))
}

func inItsWords(err error) error {
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return switchboard.ErrUnknown
	case errors.Is(err, journal.ErrFenced):
		return switchboard.ErrFenced
	case errors.Is(err, journal.ErrUnreadable):
		return switchboard.ErrUnreadable
	case errors.Is(err, journal.ErrTooLarge):
		return switchboard.ErrTooLarge
	case errors.Is(err, journal.ErrFull):
		return switchboard.ErrNoRoom
	}
	return err
}

// store is a store that says for some time that it has no room.
type store struct {
	*journaltest.Store
	mu      sync.Mutex
	failing int
}

func (s *store) fail(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = n
}

func (s *store) Append(ctx context.Context, m journal.Message, expect uint64) (uint64, error) {
	if s.fails() {
		return 0, journal.ErrNoSpace
	}
	return s.Store.Append(ctx, m, expect)
}

func (s *store) fails() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing == 0 {
		return false
	}
	s.failing--
	return true
}
