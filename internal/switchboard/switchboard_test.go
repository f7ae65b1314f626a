package switchboard

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
)

var (
	testCall = call.NewID([16]byte{1})
	testConn = mustConnection(testCall, 1)
)

func mustConnection(id call.ID, n byte) call.ConnectionID {
	c, err := call.NewConnectionID(id.Key(), [8]byte{n})
	if err != nil {
		panic(err)
	}
	return c
}

// memory is a journal that forgets nothing but what it is told to refuse.
type memory struct {
	mu      sync.Mutex
	records map[call.Key][]record
	broken  int  // appends that fail from now on
	spoilt  bool // the last record of a call cannot be read; its state can be told
	small   bool // there is room for the last step of a call only
	dark    int  // loads that fail from now on
	fenced  bool
	noted   []string // inputs that were noted, and whether they were refused
}

type record struct {
	state  []byte
	events []call.Event
}

type memoryLog struct {
	m   *memory
	key call.Key
}

func newMemory() *memory { return &memory{records: map[call.Key][]record{}} }

func (m *memory) Begin(key call.Key) Log { return &memoryLog{m, key} }

func (m *memory) Room() error { return nil }

func (m *memory) Load(_ context.Context, key call.Key) (call.State, Log, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dark > 0 {
		m.dark--
		return call.State{}, nil, errors.New("no quorum")
	}
	r := m.records[key]
	if len(r) == 0 {
		return call.State{}, nil, ErrUnknown
	}
	var s call.State
	err := json.Unmarshal(r[len(r)-1].state, &s)
	if m.spoilt {
		err = ErrUnreadable
	}
	return s, &memoryLog{m, key}, err
}

func (l *memoryLog) Append(_ context.Context, s call.State, events []call.Event, _ ...call.Usage) error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.m.fenced {
		return ErrFenced
	}
	if l.m.small && s.Phase != call.Ended {
		return ErrTooLarge
	}
	if l.m.broken > 0 {
		l.m.broken--
		return errors.New("disk full")
	}
	b, err := json.Marshal(s)
	l.m.records[l.key] = append(l.m.records[l.key], record{b, events})
	return err
}

func (l *memoryLog) Noted(in call.Input, answer call.Answer, refusal error) {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	n := name(in)
	switch {
	case refusal != nil:
		n += ": " + refusal.Error()
	case answer.Connection != nil:
		n += " answered"
	}
	l.m.noted = append(l.m.noted, n)
}

func (m *memory) steps(key call.Key) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.records[key])
}

// world records the effects that are handed out, and how many steps were
// stored when they were.
type world struct {
	mu      sync.Mutex
	journal *memory
	effects []call.Effect
	stored  []int
}

func (w *world) add(e call.Effect) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.effects = append(w.effects, e)
	w.stored = append(w.stored, w.journal.steps(testCall.Key()))
}

func (w *world) all() []call.Effect {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]call.Effect(nil), w.effects...)
}

type legs struct{ *world }

func (l legs) Perform(e call.LegEffect) { l.add(e) }

type sound struct{ *world }

func (s sound) Perform(_ call.ID, e call.SoundEffect) { s.add(e) }

// withSwitchboard runs a switchboard in a bubble until f returns.
func withSwitchboard(t *testing.T, f func(t *testing.T, s *Switchboard, j *memory, w *world)) {
	synctest.Test(t, func(t *testing.T) { running(t, newMemory(), f) })
}

// running runs a switchboard over a journal, in the bubble of the caller.
func running(t *testing.T, j *memory, f func(t *testing.T, s *Switchboard, j *memory, w *world)) {
	w := &world{journal: j}
	s := New(Config{Journal: j, Legs: legs{w}, Sound: sound{w}, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { _ = s.Run(ctx) })
	f(t, s, j, w)
	cancel()
	run.Wait()
}

func create(request string) call.CreateCall {
	return call.CreateCall{Repeatable: call.Repeatable{RequestID: request}, Call: testCall, Connection: testConn, Targets: []call.Address{"4:+15550100"}}
}

func do(t *testing.T, s *Switchboard, cmd call.Command) call.Answer {
	t.Helper()
	a, err := s.Command(t.Context(), testCall.Key(), cmd)
	if err != nil {
		t.Fatalf("%T: %v", cmd, err)
	}
	return a
}

func seen(t *testing.T, s *Switchboard) call.State {
	t.Helper()
	state, err := s.Look(t.Context(), testCall.Key())
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func refusal(t *testing.T, s *Switchboard, cmd call.Command, want call.Kind) {
	t.Helper()
	_, err := s.Command(t.Context(), testCall.Key(), cmd)
	var e *call.Error
	if !errors.As(err, &e) || e.Kind != want {
		t.Fatalf("%T: got %v, want kind %d", cmd, err, want)
	}
}

func TestEffectsFollowTheStoredStep(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		do(t, s, create(""))
		synctest.Wait()
		if len(w.effects) != 1 || w.stored[0] != 1 {
			t.Fatalf("effects %v after %v steps", w.effects, w.stored)
		}
	})
}

func TestWhatCameOfEachInputIsNoted(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		do(t, s, create(""))
		refusal(t, s, call.Play{Connection: testConn}, call.NotEstablished)
		synctest.Wait()
		s.Signal(testCall, call.LegFailed{Leg: call.NewLegID(testCall, 1), Cause: call.Cause{Reason: call.Busy}})
		synctest.Wait()
		j.mu.Lock()
		defer j.mu.Unlock()
		if len(j.noted) != 3 || j.noted[0] != "CreateCall answered" || !strings.HasPrefix(j.noted[1], "Play: ") || j.noted[2] != "LegFailed" {
			t.Errorf("noted %q", j.noted)
		}
	})
}

func TestARequestThatRacesWithItselfActsOnce(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		var all sync.WaitGroup
		answers := make([]call.Answer, 8)
		for i := range answers {
			all.Go(func() { answers[i] = do(t, s, create("r1")) })
		}
		all.Wait()
		synctest.Wait()
		for _, a := range answers {
			if a.Connection == nil || a.Connection.Connection != testConn {
				t.Fatalf("answer %+v", a)
			}
		}
		if n := len(w.all()); n != 1 {
			t.Fatalf("%d effects, want one Dial", n)
		}
	})
}

func TestARequestIsRememberedAfterTheCallHasEnded(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		do(t, s, create("r1"))
		end := call.TerminateCall{Repeatable: call.Repeatable{RequestID: "r2"}, Connection: testConn}
		do(t, s, end)
		synctest.Wait()
		if n := s.Stats().Calls; n != 0 {
			t.Fatalf("%d calls live", n)
		}
		do(t, s, create("r1"))
		do(t, s, end)
		refusal(t, s, call.TerminateCall{Connection: testConn}, call.NotFound)
	})
}

func TestTimersComeBackAsSignals(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		do(t, s, create(""))
		time.Sleep(31 * time.Second) // of the bubble's clock: the target rings for 30 s
		synctest.Wait()
		refusal(t, s, call.HangUpCall{Connection: testConn}, call.NotFound)
		last := j.records[testCall.Key()]
		if _, ok := last[len(last)-1].events[0].(call.CreateCallFailed); !ok {
			t.Fatalf("events %v", last[len(last)-1].events)
		}
	})
}

// A call that rings for half a minute is over after that, whatever became of
// the actor that began it.
func TestTimersOutliveTheActorThatStartedThem(t *testing.T) {
	for name, reload := range map[string]func(t *testing.T, s *Switchboard, j *memory){
		"a command could not be stored": func(t *testing.T, s *Switchboard, j *memory) {
			j.mu.Lock()
			j.broken = 1
			j.mu.Unlock()
			if _, err := s.Command(t.Context(), testCall.Key(), call.HangUpCall{Connection: testConn}); err == nil {
				t.Fatal("accepted though it was not stored")
			}
		},
		"another had it and it is back": func(t *testing.T, s *Switchboard, j *memory) {
			j.mu.Lock()
			j.fenced = true
			j.mu.Unlock()
			_, _ = s.Command(t.Context(), testCall.Key(), call.HangUpCall{Connection: testConn})
			time.Sleep(time.Second)
			j.mu.Lock()
			j.fenced = false
			j.mu.Unlock()
			_ = seen(t, s)
		},
		"it is back when its time is over": func(t *testing.T, s *Switchboard, j *memory) {
			j.mu.Lock()
			j.fenced = true
			j.mu.Unlock()
			_, _ = s.Command(t.Context(), testCall.Key(), call.HangUpCall{Connection: testConn})
			time.Sleep(time.Hour)
			j.mu.Lock()
			j.fenced = false
			j.mu.Unlock()
			refusal(t, s, call.HangUpCall{Connection: testConn}, call.NotFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
				do(t, s, create(""))
				reload(t, s, j)
				time.Sleep(31 * time.Second)
				synctest.Wait()
				refusal(t, s, call.HangUpCall{Connection: testConn}, call.NotFound)
				last := j.records[testCall.Key()]
				if _, ok := last[len(last)-1].events[0].(call.CreateCallFailed); !ok {
					t.Fatalf("events %v", last[len(last)-1].events)
				}
			})
		})
	}
}

func TestACommandThatCannotBeStoredHasNoEffect(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		do(t, s, create(""))
		s.Signal(testCall, call.LegAnswered{Leg: call.NewLegID(testCall, 1)})
		synctest.Wait()
		before := len(w.all())
		j.mu.Lock()
		j.broken = 1
		j.mu.Unlock()
		if _, err := s.Command(t.Context(), testCall.Key(), call.TerminateCall{Connection: testConn}); err == nil {
			t.Fatal("accepted though it was not stored")
		}
		synctest.Wait()
		if n := len(w.all()); n != before {
			t.Fatalf("%d effects of a command that was not stored", n-before)
		}
		do(t, s, call.TerminateCall{Connection: testConn}) // and the call goes on
	})
}

func TestASignalIsStoredHoweverLongThatTakes(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		do(t, s, create(""))
		synctest.Wait()
		j.mu.Lock()
		j.broken = 5
		j.mu.Unlock()
		s.Signal(testCall, call.LegAnswered{Leg: call.NewLegID(testCall, 1)})
		time.Sleep(10 * storeRetry)
		synctest.Wait()
		if roster := seen(t, s).Roster(); len(roster) != 1 {
			t.Fatalf("roster %v", roster)
		}
	})
}

// A file may be there in the moment in which its call ends: what is delivered then is
// stored as well.
func TestWhatIsDeliveredWhileItsCallEndsIsStored(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		do(t, s, create(""))
		s.Signal(testCall, call.LegAnswered{Leg: call.NewLegID(testCall, 1)})
		recording := do(t, s, call.StartRecording{Call: testCall, Spec: call.RecordingSpec{Format: call.WAV}}).Recording.ID
		j.mu.Lock()
		j.broken = 3
		j.mu.Unlock()
		s.Signal(testCall, call.NodeRestarted{})
		file := call.RecordedFile{Chunks: []call.RecordedChunk{{Document: "d", EndReason: call.ChunkSessionEnded}}}
		if err := s.Deliver(t.Context(), testCall, call.RecordingFinished{Recording: recording, File: file}); err != nil {
			t.Fatal(err)
		}
		last := j.records[testCall.Key()]
		if e, ok := last[len(last)-1].events[0].(call.RecordingFileReady); !ok || e.Recording != recording {
			t.Errorf("the last events are %v", last[len(last)-1].events)
		}
	})
}

func TestAFencedActorLetsGo(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		do(t, s, create(""))
		synctest.Wait()
		j.mu.Lock()
		j.fenced = true
		j.mu.Unlock()
		if _, err := s.Command(t.Context(), testCall.Key(), call.TerminateCall{Connection: testConn}); !errors.Is(err, ErrFenced) {
			t.Fatalf("got %v", err)
		}
		synctest.Wait()
		if n := s.Stats().Calls; n != 0 {
			t.Fatalf("%d actors", n)
		}
	})
}

// left is a journal with a call of one phone that a process left behind.
func left(t *testing.T) *memory {
	t.Helper()
	j, c := newMemory(), call.New(testCall)
	for _, in := range []call.Input{create(""), call.LegAnswered{Leg: call.NewLegID(testCall, 1), Dialog: call.Dialog{CallID: "d"}}} {
		out, err := c.Step(time.Now(), in)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Begin(testCall.Key()).Append(t.Context(), c.State(), out.Events); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func hungUp(w *world, dialog string) bool {
	return slices.ContainsFunc(w.all(), func(e call.Effect) bool {
		h, ok := e.(call.HangUp)
		return ok && h.Dialog != nil && h.Dialog.CallID == dialog
	})
}

// restarted ends testCall as that of a previous process.
func restarted(t *testing.T, s *Switchboard) error {
	r, err := s.Recover(t.Context(), []call.Key{testCall.Key()}, time.Time{})
	if err != nil {
		return err
	}
	return r.Wait(t.Context())
}

func TestTheCallsOfADeadProcessAreEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running(t, left(t), func(t *testing.T, s *Switchboard, j *memory, w *world) {
			if err := restarted(t, s); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if !hungUp(w, "d") {
				t.Fatalf("the phone was not hung up: %v", w.all())
			}
		})
	})
}

func TestTheCallsOfADeadProcessAreEndedHoweverLongThatTakes(t *testing.T) {
	for name, fail := range map[string]func(j *memory){
		"appends fail": func(j *memory) { j.broken = 3 },
		"loads fail":   func(j *memory) { j.dark = 3 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				running(t, left(t), func(t *testing.T, s *Switchboard, j *memory, w *world) {
					fail(j)
					if err := restarted(t, s); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
					if !hungUp(w, "d") {
						t.Fatalf("the phone was not hung up: %v", w.all())
					}
				})
			})
		})
	}
}

func TestWhatIsAskedOfACallOfADeadProcessComesAfterItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running(t, left(t), func(t *testing.T, s *Switchboard, j *memory, w *world) {
			j.broken = 3
			if _, err := s.Recover(t.Context(), []call.Key{testCall.Key()}, time.Time{}); err != nil {
				t.Fatal(err)
			}
			refusal(t, s, call.Play{Connection: testConn, Sources: []call.PlaySource{{}}}, call.NotFound)
			if !hungUp(w, "d") {
				t.Fatalf("the phone was not hung up: %v", w.all())
			}
		})
	})
}

func TestACallThatCannotBeReadIsEnded(t *testing.T) {
	for name, find := range map[string]func(t *testing.T, s *Switchboard) error{
		"at the start": func(t *testing.T, s *Switchboard) error {
			return restarted(t, s)
		},
		"by a command": func(t *testing.T, s *Switchboard) error {
			refusal(t, s, call.TerminateCall{Connection: testConn}, call.NotFound)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				running(t, left(t), func(t *testing.T, s *Switchboard, j *memory, w *world) {
					j.spoilt = true
					if err := find(t, s); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
					if stats := s.Stats(); !hungUp(w, "d") || stats.Unreadable != 1 || stats.Calls != 0 {
						t.Fatalf("effects %v, %+v", w.all(), stats)
					}
				})
			})
		})
	}
}

func TestACallThatHasGrownTooLargeRefusesCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running(t, left(t), func(t *testing.T, s *Switchboard, j *memory, w *world) {
			j.small = true
			refusal(t, s, call.AddParticipant{Connection: testConn, Participant: "4:+15550101"}, call.TooBusy)
			do(t, s, call.TerminateCall{Connection: testConn})
		})
	})
}

func TestACallWhoseSignalIsTooLargeToBeStoredIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running(t, left(t), func(t *testing.T, s *Switchboard, j *memory, w *world) {
			do(t, s, call.Play{Connection: testConn, Sources: []call.PlaySource{{File: "f"}}})
			synctest.Wait()
			j.mu.Lock()
			j.small = true
			j.mu.Unlock()
			s.Signal(testCall, call.PlayerFinished{Operation: 1})
			time.Sleep(2 * storeRetry)
			synctest.Wait()
			if n := s.Stats().Calls; n != 0 || !hungUp(w, "d") {
				t.Fatalf("%d calls live, effects %v", n, w.all())
			}
		})
	})
}

func TestWhoOwnsNothingIsGone(t *testing.T) {
	for name, begin := range map[string]func(t *testing.T, s *Switchboard, j *memory){
		"the rules refuse": func(t *testing.T, s *Switchboard, j *memory) {
			refusal(t, s, call.CreateCall{Call: testCall, Connection: testConn}, call.Invalid)
		},
		"the journal refuses": func(t *testing.T, s *Switchboard, j *memory) {
			j.broken = 1
			if _, err := s.Command(t.Context(), testCall.Key(), create("")); err == nil {
				t.Fatal("accepted though it was not stored")
			}
		},
		"the journal cannot be read": func(t *testing.T, s *Switchboard, j *memory) {
			j.dark = 1
			if _, err := s.Look(t.Context(), testCall.Key()); err == nil {
				t.Fatal("seen though it cannot be read")
			}
		},
		"the journal has forgotten the call": func(t *testing.T, s *Switchboard, j *memory) {
			j.records = left(t).records
			_ = seen(t, s)
			j.mu.Lock()
			clear(j.records)
			j.broken = 1
			j.mu.Unlock()
			if _, err := s.Command(t.Context(), testCall.Key(), call.TerminateCall{Connection: testConn}); err == nil {
				t.Fatal("accepted though it was not stored")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
				begin(t, s, j)
				time.Sleep(2 * storeRetry)
				synctest.Wait()
				if n := s.Stats().Calls; n != 0 {
					t.Fatalf("%d calls live", n)
				}
			})
		})
	}
}

func TestADrainingSwitchboardTakesNoNewCalls(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		do(t, s, create(""))
		synctest.Wait() // its phone is rung only after the answer
		s.Drain()
		other := call.NewID([16]byte{2})
		if _, err := s.Command(t.Context(), other.Key(), call.CreateCall{Call: other, Connection: mustConnection(other, 1), Targets: []call.Address{"4:+1"}}); err == nil {
			t.Fatal("a new call was taken")
		}
		s.Signal(other, call.LegArrived{Call: other, Leg: call.NewLegID(other, 1), From: "4:+1", To: "4:+2", Publish: true})
		synctest.Wait()
		if _, ok := w.all()[1].(call.RejectLeg); !ok {
			t.Fatalf("effects %v", w.all())
		}
		s.Stop()
		if err := s.Quiet(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// A call that Drain was too late for, and that is not there yet when Stop is called,
// is told as soon as it is.
func TestACallThatBeginsAfterTheStopEndsAtOnce(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		s.Stop()
		do(t, s, create(""))
		synctest.Wait()
		last := j.records[testCall.Key()]
		if e, ok := last[len(last)-1].events[0].(call.CreateCallFailed); !ok || e.Cause.Reason != call.ShutDown {
			t.Fatalf("events %v", last[len(last)-1].events)
		}
		if err := s.Quiet(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAnUnknownCallIsNotFound(t *testing.T) {
	withSwitchboard(t, func(t *testing.T, s *Switchboard, j *memory, w *world) {
		refusal(t, s, call.TerminateCall{Connection: testConn}, call.NotFound)
		s.Signal(testCall, call.LegEnded{Leg: call.NewLegID(testCall, 1)})
	})
}
