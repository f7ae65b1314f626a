package stream

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

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
	// openings is how often a socket is tried to be opened, when a stream begins and when
	// it breaks, and openPause how long the first pause in between is; the next is twice that.
	openings  = 3
	openPause = 500 * time.Millisecond
	// lasting is how long a socket has to last for the next break to be a first one.
	lasting = 10 * time.Second
	// writeTime is how long an application may take no message before its socket counts
	// as broken.
	writeTime = 10 * time.Second
	// backlog is how many ticks may wait for the socket: two seconds. What comes then is
	// dropped and counted.
	backlog = 100
	// messageMost bounds a message of an application, in bytes: a minute and a half of sound.
	messageMost = 6 << 20
	// keysMost is how many keys may wait for the socket.
	keysMost = 64
)

// Stream is an application's socket at a call. Its methods wait for nobody.
type Stream struct {
	cfg     Config
	id      call.ID
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
	t := &Stream{
		cfg: s.cfg, id: id, spec: e, room: room, keys: make(chan string, keysMost), stop: cancel,
		log: s.cfg.Log.With("call", string(id), "connection", string(e.Connection)),
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
	name, err := json.Marshal(string(whose))
	if err != nil {
		panic("stream: " + err.Error()) // a string always has JSON
	}
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

// run has the application hear and speak until the stream is stopped, or its socket
// cannot be opened again.
func (s *Stream) run(ctx context.Context) {
	brief := 0 // sockets in a row that broke soon
	for first := true; ; first = false {
		socket, err := s.open(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.fail(err, first)
			return
		}
		tap := s.room.Tap(mixer.TapConfig{Ticks: backlog, Voices: true}) // all that comes after StreamOpened is heard
		s.cfg.Signals.Signal(s.id, call.StreamOpened{Connection: s.spec.Connection, Run: s.spec.Run, Again: !first})
		began := time.Now()
		err = s.converse(ctx, socket, tap)
		if ctx.Err() != nil {
			return
		}
		if brief++; time.Since(began) > lasting {
			brief = 1
		}
		if brief > openings {
			s.fail(err, false)
			return
		}
		s.rest(ctx, time.Duration(brief)*openPause)
		s.log.Warn("the socket of a media stream broke; it is opened again", "error", err)
	}
}

// complain tells, at the end, of what the application was too slow to take.
func (s *Stream) complain() {
	if n := s.dropped.Load(); n > 0 {
		s.log.Warn("an application was too slow to take its media stream: what it did not take was dropped", "ticks and keys", n)
	}
}

// rest waits, but for no end of the stream.
func (s *Stream) rest(ctx context.Context, pause time.Duration) {
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
}

// fail signals that a stream is over that nobody has stopped.
func (s *Stream) fail(err error, first bool) {
	failed := call.StreamFailed{Connection: s.spec.Connection, Run: s.spec.Run, Reason: call.StreamBroken, Detail: err.Error()}
	if first {
		failed.Reason = call.StreamUnopened
	}
	if refused := new(refusedError); errors.As(err, &refused) {
		failed.Status = refused.status
	}
	s.log.Warn("a media stream ends: its socket cannot be opened, or breaks each time; check transportUrl, that the application listens there, and that outbound.allow_networks admits its host", "error", err)
	if s.speaker != nil {
		s.room.Remove(s.speaker)
	}
	s.cfg.Signals.Signal(s.id, failed)
}
