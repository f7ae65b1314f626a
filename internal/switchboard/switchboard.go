package switchboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/call"
)

// Journal stores calls. Begin is for a call that was never stored; Load finds
// one that was, or returns ErrUnknown.
//
// A call whose record cannot be read comes with ErrUnreadable. When it is this
// process that has to end it, there is a log, and as much of the state as could
// be told; when there is no log, it is left to others.
//
// Room says why no new call can be stored now; nil when one can.
type Journal interface {
	Begin(key call.Key) Log
	Load(ctx context.Context, key call.Key) (call.State, Log, error)
	Room() error
}

// Log stores the steps of one call; it is used by one goroutine. Append
// returns after the step is durable, however long it takes to know that. When it
// returns ErrFenced, another owner has stored a step of this call, and this one
// must let go of it. ErrTooLarge says that the step can never be stored; one that
// ends the call can. After any other error the step is not stored, unless ctx has
// ended: then that is not known.
type Log interface {
	Append(ctx context.Context, s call.State, events []call.Event, usage ...call.Usage) error
	// Noted says what came of an input, for whoever reads the call's story: it goes
	// with the next Append. refusal is nil for the input of that Append's step.
	Noted(in call.Input, answer call.Answer, refusal error)
}

var (
	// ErrUnknown: the journal holds no such call.
	ErrUnknown = errors.New("switchboard: no such call")
	// ErrFenced: another owner has the call.
	ErrFenced = errors.New("switchboard: the call has another owner")
	// ErrUnreadable: what is stored of the call cannot be read.
	ErrUnreadable = errors.New("switchboard: the call cannot be read")
	// ErrNoRoom: nothing can be stored now.
	ErrNoRoom = errors.New("switchboard: no room in the journal")
	// ErrTooLarge: the state of the call has grown beyond what can be stored.
	ErrTooLarge = errors.New("switchboard: the call has grown too large to be stored")
)

// Legs performs what is asked of legs. It never blocks.
type Legs interface {
	Perform(e call.LegEffect)
}

// Sound performs what is asked of the sound of a call. It never blocks.
type Sound interface {
	Perform(id call.ID, e call.SoundEffect)
}

// Config is what a switchboard works with.
type Config struct {
	Journal Journal
	Legs    Legs
	Sound   Sound
	Log     *slog.Logger
}

// Switchboard finds or makes the actor of a call.
type Switchboard struct {
	cfg      Config
	start    chan *actor   // actors that Run is to start
	stopped  chan struct{} // closed when Run takes no more
	stopping chan struct{} // closed by Stop
	clock    clock
	draining atomic.Bool
	stats    stats
	between  sync.WaitGroup // what is carried from call to call

	mu     sync.Mutex
	actors map[call.Key]*actor
	idle   chan struct{} // closed and replaced whenever the last actor goes
}

type stats struct {
	begun    atomic.Uint64
	steps    atomic.Uint64
	refused  atomic.Uint64
	failures atomic.Uint64
	spoilt   atomic.Uint64
	outgrown atomic.Uint64
	noRoom   atomic.Uint64
}

// Stats counts since the start, but for Calls, which is now.
type Stats struct {
	Calls           int
	Begun           uint64 // calls whose first step was stored
	Steps           uint64 // stored
	Refused         uint64 // commands that the rules refused
	JournalFailures uint64 // appends that failed
	Unreadable      uint64 // calls that were ended because they could not be read
	Outgrown        uint64 // calls that were ended because they could not be stored
	TurnedAway      uint64 // calls that were not begun because the journal had no room
}

// New makes a switchboard; Run brings it to life.
func New(cfg Config) *Switchboard {
	return &Switchboard{cfg: cfg, start: make(chan *actor), stopped: make(chan struct{}), stopping: make(chan struct{}),
		clock: clock{time.Now()}, actors: map[call.Key]*actor{}, idle: make(chan struct{})}
}

// Run starts actors as they are needed, until ctx is done, and returns when
// the last has stopped. Cancelling ctx does not end calls: see Stop.
func (s *Switchboard) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer s.between.Wait() // only calls begin it
	defer running.Wait()
	defer close(s.stopped)
	for {
		select {
		case a := <-s.start:
			running.Go(func() { a.run(ctx) })
		case <-ctx.Done():
			return nil
		}
	}
}

// Recover gives the calls that a previous process left behind their end. Their
// media is gone with the process, which lived last at alive (zero: not known); their
// applications are told, and their phones are hung up. When it returns, the end of
// each comes before anything else that is asked of it; Recovery.Wait knows when all
// are over.
func (s *Switchboard) Recover(ctx context.Context, keys []call.Key, alive time.Time) (*Recovery, error) {
	r := &Recovery{board: s}
	for _, key := range keys {
		m := awaited(newMessage(signal, call.NodeRestarted{Alive: alive}))
		a, err := s.give(ctx, key, m)
		if err != nil {
			return nil, fmt.Errorf("end call %s of the previous process: %w", key, err)
		}
		r.ending = append(r.ending, ending{key, m, a})
	}
	return r, nil
}

// Recovery is the end of the calls of a previous process.
type Recovery struct {
	board  *Switchboard
	ending []ending
}

type ending struct {
	key call.Key
	m   message
	by  *actor
}

// Wait returns when the calls are over, however long it takes to store that. A
// call that cannot be ended here keeps nobody from starting: the error is ctx's.
func (r *Recovery) Wait(ctx context.Context) error {
	for _, e := range r.ending {
		_, err := r.board.await(ctx, e.key, e.m, e.by)
		if ctx.Err() != nil {
			return fmt.Errorf("end call %s of the previous process: %w", e.key, ctx.Err())
		}
		if err != nil {
			r.board.cfg.Log.Error("a call of the previous process was not ended here", "key", string(e.key), "error", err)
		}
	}
	return nil
}

// Command gives an application's command to the call that key belongs to.
// One that opens a call begins it, unless it is there already: then the command
// was given before and is answered as it was, or is for the call that is there. The answer comes after the step is stored;
// a *call.Error is the rules' refusal.
func (s *Switchboard) Command(ctx context.Context, key call.Key, cmd call.Command) (call.Answer, error) {
	m := newMessage(command, cmd)
	switch begins := m.opens != "" && !s.live(key); {
	case begins && s.draining.Load():
		return call.Answer{}, &call.Error{Kind: call.Stopping, Reason: "The server is stopping and takes no new calls."}
	case begins && s.cfg.Journal.Room() != nil:
		return call.Answer{}, s.noRoom(m)
	}
	r, err := s.deliver(ctx, key, m)
	return r.answer, err
}

// live reports whether a call has an actor.
func (s *Switchboard) live(key call.Key) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.actors[key] != nil
}

// Look is the state of a call that has not ended, as of now.
func (s *Switchboard) Look(ctx context.Context, key call.Key) (call.State, error) {
	r, err := s.deliver(ctx, key, message{kind: look})
	return r.state, err
}

// Signal gives what happened to its call, in the order of the caller's calls.
// It waits while the call's mailbox is full.
func (s *Switchboard) Signal(id call.ID, sig call.Signal) {
	m := newMessage(signal, sig)
	switch {
	case m.opens != "" && s.draining.Load():
		s.turnAway(sig, call.ShutDown)
		return
	case m.opens != "" && s.cfg.Journal.Room() != nil:
		_ = s.noRoom(m) // who arrives is told
		return
	}
	// Without an actor the call is over: the signal crossed the news.
	_, _ = s.give(context.Background(), id.Key(), m)
}

// Deliver gives a signal to its call, also to one that is over, and returns when
// what follows from it is stored. call.NoCall says that the journal knows the call
// no more.
func (s *Switchboard) Deliver(ctx context.Context, id call.ID, sig call.Signal) error {
	_, err := s.deliver(ctx, id.Key(), newMessage(signal, sig))
	return err
}

// turnAway refuses whoever arrives.
func (s *Switchboard) turnAway(in call.Input, why call.Reason) {
	if in, ok := in.(call.LegArrived); ok {
		s.cfg.Legs.Perform(call.RejectLeg{Leg: in.Leg, Cause: call.Cause{Reason: why}})
	}
}

// deliver gives a message to its call and waits for the reply.
func (s *Switchboard) deliver(ctx context.Context, key call.Key, m message) (reply, error) {
	m = awaited(m)
	a, err := s.give(ctx, key, m)
	if err != nil {
		return reply{}, err
	}
	return s.await(ctx, key, m, a)
}

// await waits for the reply to what was given to a. When the actor stops in
// between, another is asked.
func (s *Switchboard) await(ctx context.Context, key call.Key, m message, a *actor) (reply, error) {
	for a != nil {
		select {
		case r := <-m.reply:
			return r, r.err
		case <-ctx.Done():
			return reply{}, ctx.Err()
		case <-a.done:
		}
		select { // it may have answered just before it stopped
		case r := <-m.reply:
			return r, r.err
		default:
		}
		var err error
		if a, err = s.give(ctx, key, m); err != nil {
			return reply{}, err
		}
	}
	return reply{}, call.NoCall()
}

// give puts m into the mailbox of its call, and returns whose that is: nil when
// there is nobody to take it.
func (s *Switchboard) give(ctx context.Context, key call.Key, m message) (*actor, error) {
	for {
		a, given := s.find(key, m)
		if a == nil || given {
			return a, nil
		}
		if err := a.take(ctx, m); !errors.Is(err, errStopped) {
			return a, err
		}
	}
}

// find is the actor of a call. When there is none, one is made for what begins
// a call and for what somebody waits for, because the journal may know the
// call; any other signal is not worth one. A new actor is given m as its first
// message.
func (s *Switchboard) find(key call.Key, m message) (a *actor, given bool) {
	if key == "" {
		return nil, false
	}
	s.mu.Lock()
	a, ok := s.actors[key]
	if ok || m.opens == "" && m.reply == nil {
		s.mu.Unlock()
		return a, false
	}
	a = newActor(s, key, m)
	s.actors[key] = a
	s.mu.Unlock()
	select {
	case s.start <- a:
		return a, true
	case <-s.stopped:
		s.remove(a)
		close(a.done)
		return nil, false
	}
}

func (s *Switchboard) remove(a *actor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.actors[a.key] != a {
		return
	}
	delete(s.actors, a.key)
	if len(s.actors) == 0 {
		close(s.idle)
		s.idle = make(chan struct{})
	}
}

// Drain refuses new calls from now on. Live calls go on.
func (s *Switchboard) Drain() { s.draining.Store(true) }

// Quiet waits until no call is live, or ctx is done.
func (s *Switchboard) Quiet(ctx context.Context) error {
	s.mu.Lock()
	live, idle := len(s.actors), s.idle
	s.mu.Unlock()
	if live == 0 {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stop, which is called once, ends every live call because the server stops, and
// every one that comes to life afterwards: the last that Drain was too late for.
// It waits for nothing; see Quiet.
func (s *Switchboard) Stop() { close(s.stopping) }

// Stats is a snapshot of the counters.
func (s *Switchboard) Stats() Stats {
	s.mu.Lock()
	live := len(s.actors)
	s.mu.Unlock()
	return Stats{Calls: live, Begun: s.stats.begun.Load(), Steps: s.stats.steps.Load(),
		Refused: s.stats.refused.Load(), JournalFailures: s.stats.failures.Load(), Unreadable: s.stats.spoilt.Load(), Outgrown: s.stats.outgrown.Load(), TurnedAway: s.stats.noRoom.Load()}
}
