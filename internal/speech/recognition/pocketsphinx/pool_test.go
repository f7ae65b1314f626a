package pocketsphinx

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"strowger/internal/speech/recognition"
	"strowger/internal/speech/recognition/recognitiontest"
)

// utterance is a request that a worker answers in a moment.
func utterance(t *testing.T) *Request {
	t.Helper()
	return &Request{Cepstra: features(call(t, recognitiontest.OfFlite("rms", 1, 1), "yes", noises[0])), Phrases: [][]string{{"yes"}, {"no"}}}
}

func workers(t *testing.T, most, waiting int, idle, settle time.Duration) *pool {
	t.Helper()
	p := newPool(most, waiting, idle, settle)
	t.Cleanup(p.close)
	return p
}

func (p *pool) count() (alive, free, inside int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.alive), len(p.free), p.inside
}

// await waits for a fact.
func await(t *testing.T, what string, fact func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !fact() {
		if time.Now().After(deadline) {
			t.Fatal("it never comes true that ", what)
		}
		runtime.Gosched()
	}
}

func expectYes(t *testing.T, p *pool, q *Request) {
	t.Helper()
	a, err := p.ask(t.Context(), q)
	if err != nil || len(texts(wordsOf(a.Heard))) != 1 || texts(wordsOf(a.Heard))[0] != "yes" {
		t.Errorf("yes is answered with %+v, %v", a, err)
	}
}

func TestAWorkerIsStartedWhenItIsNeededAndKept(t *testing.T) {
	p := workers(t, 2, 1, time.Hour, time.Second)
	if alive, _, _ := p.count(); alive != 0 {
		t.Errorf("%d workers are there for nobody", alive)
	}
	q := utterance(t)
	for range 3 {
		expectYes(t, p, q)
	}
	if alive, free, inside := p.count(); alive != 1 || free != 1 || inside != 0 {
		t.Errorf("%d workers are alive, %d rest, %d wait", alive, free, inside)
	}
}

func TestAWorkerThatNobodyNeedsEnds(t *testing.T) {
	p := workers(t, 1, 1, time.Millisecond, time.Second)
	expectYes(t, p, utterance(t))
	await(t, "no worker is alive", func() bool { alive, _, _ := p.count(); return alive == 0 })
	expectYes(t, p, utterance(t))
}

func TestAWorkerThatDiedWhileItRestedIsReplaced(t *testing.T) {
	p := workers(t, 1, 1, time.Hour, time.Second)
	q := utterance(t)
	expectYes(t, p, q)
	w := p.free[0]
	w.kill()
	<-w.gone
	expectYes(t, p, q)
	if alive, _, _ := p.count(); alive != 1 {
		t.Errorf("%d workers are alive", alive)
	}
}

func TestAnUtteranceWhoseWorkerDiesIsStillAnswered(t *testing.T) {
	p := workers(t, 1, 1, time.Hour, time.Second)
	q := utterance(t)
	expectYes(t, p, q)
	// It is stopped, so that it is killed with the request in its pipe.
	w := p.free[0]
	if err := w.command.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); expectYes(t, p, q) }()
	await(t, "the worker is taken", func() bool { _, free, _ := p.count(); return free == 0 })
	w.kill()
	<-done
}

func TestAWorkerThatHangsIsEnded(t *testing.T) {
	p := workers(t, 1, 0, time.Hour, time.Millisecond)
	q := utterance(t)
	expectYes(t, p, q)
	w := p.free[0]
	if err := w.command.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := p.ask(ctx, q); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it is answered with %v", err)
	}
	await(t, "its turn is over", func() bool { _, _, inside := p.count(); return inside == 0 })
	if !w.isGone() {
		t.Error("it is alive")
	}
	expectYes(t, p, q)
}

func TestWhoGivesUpIsReleasedAtOnce(t *testing.T) {
	p := workers(t, 1, 1, time.Hour, time.Hour)
	q := utterance(t)
	expectYes(t, p, q)
	w := p.free[0]
	if err := w.command.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for range 2 { // one has the worker, and one waits for it
		asking.Go(func() {
			if _, err := p.ask(ctx, q); !errors.Is(err, context.Canceled) {
				t.Errorf("it is answered with %v", err)
			}
		})
	}
	await(t, "both ask", func() bool { _, free, inside := p.count(); return inside == 2 && free == 0 })
	cancel()
	asking.Wait()
	// The worker was only slow: its answer is not taken for the next one's.
	if err := w.command.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	expectYes(t, p, q)
	if alive, _, _ := p.count(); alive != 1 {
		t.Errorf("%d workers are alive", alive)
	}
}

func TestMoreThanMayWaitAreRefusedAtOnce(t *testing.T) {
	p := workers(t, 1, 1, time.Hour, time.Hour)
	q := utterance(t)
	expectYes(t, p, q)
	w := p.free[0]
	if err := w.command.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	for range 2 {
		asking.Go(func() { expectYes(t, p, q) })
	}
	await(t, "both ask", func() bool { _, _, inside := p.count(); return inside == 2 })
	_, err := p.ask(t.Context(), q)
	expectFailure(t, err, recognition.Busy, "1 utterances wait")
	if err := w.command.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	asking.Wait()
}

func TestAWorkerThatHasAnsweredEnoughIsReplaced(t *testing.T) {
	p := workers(t, 1, 1, time.Hour, time.Second)
	q := utterance(t)
	expectYes(t, p, q)
	w := p.free[0]
	w.answered = answersMost - 1
	expectYes(t, p, q)
	if alive, free, _ := p.count(); alive != 0 || free != 0 || !w.isGone() {
		t.Errorf("%d workers are alive, %d rest", alive, free)
	}
	expectYes(t, p, q)
}

func TestNoWorkerIsLeftOfAPoolThatIsClosed(t *testing.T) {
	p := newPool(2, 2, time.Hour, time.Hour)
	q := utterance(t)
	expectYes(t, p, q)
	w := p.free[0]
	if err := w.command.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	asked := make(chan error)
	go func() { _, err := p.ask(t.Context(), q); asked <- err }()
	await(t, "the worker is taken", func() bool { _, free, _ := p.count(); return free == 0 })
	p.close()
	if err := <-asked; err == nil {
		t.Error("who was waiting has an answer")
	}
	if _, err := p.ask(t.Context(), q); !errors.Is(err, errClosed) {
		t.Errorf("after it, it says %v", err)
	}
	if alive, _, _ := p.count(); alive != 0 {
		t.Errorf("%d workers are alive", alive)
	}
}

// A worker ends with whoever reads its answers, however that one ended.
func TestAWorkerEndsWithItsParent(t *testing.T) {
	w, err := launch()
	if err != nil {
		t.Fatal(err)
	}
	w.closeFiles()
	<-w.gone
}

func TestAWorkerDoesNotLearnOurSettings(t *testing.T) {
	t.Setenv("STROWGER_SECRET", "secret")
	w, err := launch()
	if err != nil {
		t.Fatal(err)
	}
	defer w.end()
	for _, variable := range w.command.Env {
		if variable == "STROWGER_SECRET="+os.Getenv("STROWGER_SECRET") {
			t.Error("it has ", variable)
		}
	}
}
