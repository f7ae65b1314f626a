package pocketsphinx

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"strowger/internal/speech/recognition"
)

// answersMost is how many utterances a worker recognises before another one takes its
// place: with each grammar the library keeps some 20 kB.
const answersMost = 2000

// pool are the workers. It is safe for concurrent use. A worker is started when there is
// something for it to do, and ends when there was nothing for a while.
type pool struct {
	most    int           // workers
	waiting int           // more that may wait for one
	idle    time.Duration // after which a worker ends
	settle  time.Duration // that a worker may take to answer whom nobody waits for

	turns *semaphore.Weighted // one for each worker
	left  sync.WaitGroup      // those who settle

	mu     sync.Mutex
	inside int // who has a worker or waits for one
	free   []*process
	alive  map[*process]bool
	closed bool
}

var errClosed = errors.New("the engine is closed")

func newPool(workers, waiting int, idle, settle time.Duration) *pool {
	return &pool{most: workers, waiting: waiting, idle: idle, settle: settle, turns: semaphore.NewWeighted(int64(workers)), alive: map[*process]bool{}}
}

// ask has a worker answer. Its error is a Failure, errClosed, or ctx's as soon as that
// ends.
func (p *pool) ask(ctx context.Context, q *Request) (Response, error) {
	if err := p.enter(); err != nil {
		return Response{}, err
	}
	if err := p.turns.Acquire(ctx, 1); err != nil {
		p.leave()
		return Response{}, err
	}
	answer, owing, err := p.tryTwice(ctx, q)
	if owing == nil {
		p.turns.Release(1)
		p.leave()
		return answer, err
	}
	// Who asked goes, and the worker's turn goes on until it has answered.
	p.left.Go(func() {
		defer p.leave()
		defer p.turns.Release(1)
		p.put(owing, owing.settle(p.settle))
	})
	return answer, err
}

// tryTwice asks a worker, and when that one dies of it or before it, a new one. A worker
// that still owes its answer is returned.
func (p *pool) tryTwice(ctx context.Context, q *Request) (answer Response, owing *process, err error) {
	var w *process
	for _, fresh := range []bool{false, true} {
		if w, err = p.take(fresh); err != nil {
			return Response{}, nil, err
		}
		answer, err = w.ask(ctx, q)
		switch {
		case err == nil:
			p.put(w, w.answered < answersMost)
			return answer, nil, nil
		case w.owing != nil:
			return Response{}, w, err
		}
		p.put(w, false)
	}
	return Response{}, nil, &recognition.Failure{Why: recognition.Broken, Detail: fmt.Sprintf("a worker of pocketsphinx ended twice: %s", w.why())}
}

// enter lets somebody in who wants a worker, unless too many wait.
func (p *pool) enter() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return errClosed
	case p.inside >= p.most+p.waiting:
		return &recognition.Failure{Why: recognition.Busy, Detail: fmt.Sprintf("%d utterances wait for pocketsphinx already", p.waiting)}
	}
	p.inside++
	return nil
}

func (p *pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inside--
}

// take is a worker that rests, or a new one; a fresh one is new.
func (p *pool) take(fresh bool) (*process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !fresh && len(p.free) > 0 {
		w := p.free[len(p.free)-1]
		p.free = p.free[:len(p.free)-1]
		w.idle.Stop()
		if !w.isGone() {
			return w, nil
		}
		delete(p.alive, w)
		w.closeFiles()
	}
	if p.closed {
		return nil, errClosed
	}
	w, err := launch()
	if err != nil {
		return nil, &recognition.Failure{Why: recognition.Broken, Detail: err.Error()}
	}
	p.alive[w] = true
	return w, nil
}

// put lets a worker rest that may be asked again, and ends another one.
func (p *pool) put(w *process, usable bool) {
	p.mu.Lock()
	if usable && !p.closed {
		p.free = append(p.free, w)
		w.idle = time.AfterFunc(p.idle, func() { p.retire(w) })
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.bury(w)
}

// retire ends a worker that nobody needed, unless somebody has taken it just now.
func (p *pool) retire(w *process) {
	p.mu.Lock()
	for i, rests := range p.free {
		if rests == w {
			p.free = append(p.free[:i], p.free[i+1:]...)
			p.mu.Unlock()
			p.bury(w)
			return
		}
	}
	p.mu.Unlock()
}

// bury ends a worker that nobody has.
func (p *pool) bury(w *process) {
	w.end()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.alive, w)
}

// close ends all workers, and returns when they have ended. Who still waits for an answer
// gets an error.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	for w := range p.alive {
		w.kill()
	}
	resting := p.free
	p.free = nil
	p.mu.Unlock()
	for _, w := range resting {
		w.idle.Stop()
		p.bury(w)
	}
	p.turns.Acquire(context.Background(), int64(p.most))
	p.turns.Release(int64(p.most))
	p.left.Wait()
}
