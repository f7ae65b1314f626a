package stream

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"strowger/internal/call"
	"strowger/internal/media/codec"
	"strowger/internal/media/mixer"
)

// Signals takes what became of streams. Signal may wait for room.
type Signals interface {
	Signal(id call.ID, sig call.Signal)
}

// Streams are the sockets of all applications.
type Streams struct {
	cfg  Config
	open sync.WaitGroup
	live atomic.Int64
}

// New makes streams.
func New(cfg Config) *Streams { return &Streams{cfg: cfg} }

// Wait returns when all sockets are closed.
func (s *Streams) Wait() { s.open.Wait() }

// Live is how many streams there are now.
func (s *Streams) Live() int { return int(s.live.Load()) }

// Config is what streams work with.
type Config struct {
	// Client opens sockets: HTTP/1.1, its Timeout for opening one. It bounds where they may go.
	Client *http.Client
	// Token proves to an application that we are who we say.
	Token   func() (string, error)
	Signals Signals
	Log     *slog.Logger
}

const (
	// backlog is how many ticks may wait for the socket: two seconds. What comes then is
	// dropped and counted.
	backlog = 100
	// keysMost is how many keys may wait for the socket.
	keysMost = 64
)

// Stream is an application's socket at a call. Its methods wait for nobody.
type Stream struct {
	line    line
	spec    call.OpenStream
	room    *mixer.Room
	log     *slog.Logger
	voice   *voice        // nil: the application only hears
	speaker *mixer.Member // of the voice
	keys    chan string
	stop    context.CancelFunc

	mu     sync.Mutex
	voices []*person // in the order in which they came

	dropped atomic.Uint64
	garbage atomic.Uint64
}

// person is somebody whom the application hears.
type person struct {
	member *mixer.Member
	name   []byte // as JSON
	track  mixer.Track
	up     codec.Resampler // to a rate above the track's
	quiet  bool            // it said nothing in the tick before
	gone   bool
}

// Open opens a socket and has the application hear the room, and be heard in it, until
// Close. What becomes of it is signalled.
func (s *Streams) Open(id call.ID, e call.OpenStream, room *mixer.Room) *Stream {
	ctx, cancel := context.WithCancel(context.Background())
	log := s.cfg.Log.With("call", string(id), "connection", string(e.Connection))
	t := &Stream{
		line: line{cfg: s.cfg, call: id, connection: e.Connection, url: e.Spec.URL, first: func() []byte { return metadata(e) }, carries: "a media stream", log: log},
		spec: e, room: room, log: log, keys: make(chan string, keysMost), stop: cancel,
	}
	if e.Spec.Bidirectional {
		t.voice = newVoice(e.Spec.RateHz)
		t.speaker = room.Add(t.voice, nil)
	}
	s.live.Add(1)
	s.open.Go(func() {
		defer s.live.Add(-1)
		t.run(ctx)
		t.complain()
	})
	return t
}

// Close ends it. What the application said and was not played yet is left out.
func (s *Stream) Close() {
	if s.speaker != nil {
		s.room.Remove(s.speaker)
	}
	s.stop()
}

// Joined says whose voice a member of the room has.
func (s *Stream) Joined(m *mixer.Member, whose call.Address) {
	name := encoded(string(whose))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.voices {
		if p.member == m {
			p.name = name
			return
		}
	}
	s.voices = append(s.voices, &person{member: m, name: name})
}

// Left says that the member is not in the room any more. It is heard to its last tick.
func (s *Stream) Left(m *mixer.Member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.voices {
		if p.member == m {
			p.gone = true
		}
	}
}

// Pressed tells the application of a key.
func (s *Stream) Pressed(key call.Tone) {
	select {
	case s.keys <- string(key):
	default:
		s.dropped.Add(1)
	}
}

// complain tells, at the end, of what the application was too slow to take.
func (s *Stream) complain() {
	if n := s.dropped.Load(); n > 0 {
		s.log.Warn("an application was too slow to take its media stream: what it did not take was dropped", "ticks and keys", n)
	}
}

// run has the application hear and speak until the stream is stopped, or its socket
// cannot be opened again.
func (s *Stream) run(ctx context.Context) {
	lost := s.line.keep(ctx, s.converse)
	if lost == nil {
		return
	}
	if s.speaker != nil {
		s.room.Remove(s.speaker)
	}
	s.line.cfg.Signals.Signal(s.line.call, call.StreamFailed{
		Connection: s.spec.Connection, Run: s.spec.Run, Reason: lost.reason(), Status: lost.status(), Detail: lost.Error(),
	})
}
