package stream

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
	"strowger/internal/speech/recognition"
)

// Ears listen to voices.
type Ears interface {
	// Listen makes an ear. An error is a *recognition.Failure. told is called by one
	// goroutine of the ear's, in order.
	Listen(w recognition.Wish, told func(recognition.News)) (Ear, error)
}

// Ear listens to one voice.
type Ear interface {
	// Hear takes the next 20 ms of the voice, nil: silence. It waits for nobody, and one
	// goroutine calls it.
	Hear(frame []int16, rateHz int)
	// Change has what begins to be said from now on be taken to be in another language.
	Change(language, model string)
	// End says that no more comes, and returns when what was said until now has been
	// told, or with Close.
	End()
	// Close ends it at once, and waits for nobody: one thing more may be told meanwhile. It
	// may be called more than once and by anyone.
	Close()
}

// Transcripts are what all applications read of calls.
type Transcripts struct {
	cfg  Config
	ears Ears
	open sync.WaitGroup
	live atomic.Int64
}

// NewTranscripts makes transcripts.
func NewTranscripts(cfg Config, ears Ears) *Transcripts { return &Transcripts{cfg: cfg, ears: ears} }

// Wait returns when all sockets are closed.
func (t *Transcripts) Wait() { t.open.Wait() }

// Live is how many transcripts there are now.
func (t *Transcripts) Live() int { return int(t.live.Load()) }

const (
	// heardTicks is how much of the room may wait to be given to the ears, and heardEvery
	// how much of it is given at once.
	heardTicks = 100
	heardEvery = 5
	// endTime is how long a transcript that was stopped may take to tell what had been
	// said before.
	endTime = 10 * time.Second
)

// Transcript has an application read what is said in a room, by whom. Its methods wait
// for nobody, and one goroutine calls them.
type Transcript struct {
	line  line
	spec  call.OpenTranscript
	ears  Ears
	tap   *mixer.Tap
	texts *texts
	log   *slog.Logger
	stop  context.CancelFunc // at once, whatever there is to be told
	heard chan struct{}      // closed when nobody is listened to any more

	mu       sync.Mutex
	wish     recognition.Wish
	speakers []*speaker // replaced, never changed
	failure  error      // of an ear
	over     bool       // nobody more is listened to
	opened   bool       // the socket was, the first time
	closed   bool       // it is to end
}

// speaker is one whom an ear listens to.
type speaker struct {
	member *mixer.Member
	ear    Ear
	whose  atomic.Pointer[call.Address]
	gone   atomic.Bool
	since  atomic.Uint64 // ticks of the transcript before the ear's first
	ticks  atomic.Uint64 // that the ear has heard
}

// Open opens a socket and has the application read what is said in the room, until
// Close. What becomes of it is signalled.
func (t *Transcripts) Open(id call.ID, e call.OpenTranscript, room *mixer.Room) *Transcript {
	ctx, cancel := context.WithCancel(context.Background())
	log := t.cfg.Log.With("call", string(id), "connection", string(e.Connection))
	s := &Transcript{
		spec: e, ears: t.ears, log: log, stop: cancel, heard: make(chan struct{}), texts: newTexts(),
		tap:  room.Tap(mixer.TapConfig{Ticks: heardTicks, Every: heardEvery, Voices: true}),
		wish: recognition.Wish{Language: e.Language, Model: e.Model, Partials: e.Intermediate},
	}
	s.line = line{cfg: t.cfg, call: id, connection: e.Connection, url: e.URL, first: s.metadata, carries: "a transcription", log: log}
	t.live.Add(1)
	t.open.Go(func() {
		defer t.live.Add(-1)
		s.run(ctx)
	})
	return s
}

// Joined says whose voice a member of the room has.
func (t *Transcript) Joined(m *mixer.Member, whose call.Address) {
	for _, s := range t.present() {
		if s.member == m {
			s.whose.Store(&whose)
			return
		}
	}
	s := &speaker{member: m}
	s.whose.Store(&whose)
	t.listenTo(s)
}

// Left says that the member is not in the room any more. It is heard to its last tick.
func (t *Transcript) Left(m *mixer.Member) {
	for _, s := range t.present() {
		if s.member == m {
			s.gone.Store(true)
		}
	}
}

// Switch has what begins to be said from now on be taken to be in another language.
func (t *Transcript) Switch(e call.SwitchTranscript) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wish.Language, t.wish.Model = e.Language, e.Model
	for _, s := range t.speakers {
		s.ear.Change(e.Language, e.Model)
	}
}

// Close ends it when what was said until now has been told, or soon after. A socket that
// is not open yet is not opened any more.
func (t *Transcript) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.close()
}

func (t *Transcript) close() {
	if t.closed = true; !t.opened {
		t.stop()
		return
	}
	time.AfterFunc(endTime, t.stop)
	t.tap.Close()
}

// present are those who are listened to.
func (t *Transcript) present() []*speaker {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.speakers
}

// listenTo has an ear listen to somebody. That none can is the end of the transcript.
func (t *Transcript) listenTo(s *speaker) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	ear, err := t.ears.Listen(t.wish, func(n recognition.News) { t.told(s, n) })
	if err != nil {
		t.failing(err)
		return
	}
	s.ear = ear
	t.speakers = append(slices.Clip(t.speakers), s)
}

// fail ends the transcript because an ear has failed.
func (t *Transcript) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failing(err)
}

func (t *Transcript) failing(err error) {
	if t.failure != nil {
		return
	}
	t.failure, t.over = err, true
	t.close()
}

// run has the ears hear and the application read until the transcript is closed, fails,
// or its socket cannot be opened again.
func (t *Transcript) run(ctx context.Context) {
	go t.listen(ctx)
	lost := t.line.keep(ctx, t.converse)
	t.stop()
	<-t.heard
	t.complain()
	failed := call.TranscriptFailed{Connection: t.spec.Connection, Run: t.spec.Run}
	switch err := t.failed(); {
	case err != nil:
		failed.Reason, failed.Detail = Unheard(err), err.Error()
		t.log.Warn("a transcription ends: what is said cannot be recognized", "error", err)
	case lost != nil:
		failed.Reason, failed.Status, failed.Detail = lost.reason(), lost.status(), lost.Error()
	default:
		return
	}
	t.line.cfg.Signals.Signal(t.line.call, failed)
}

// complain tells, at the end, of what was lost.
func (t *Transcript) complain() {
	if n := t.texts.dropped(); n > 0 {
		t.log.Warn("an application was too slow to take its transcription: what it did not take was dropped", "results", n)
	}
	if n := t.tap.Dropped(); n > 0 {
		t.log.Warn("the machine was too busy to transcribe all that was said", "ticks", n)
	}
}

// failed is why the ears have ended the transcript, or nil.
func (t *Transcript) failed() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failure
}

// reasons are the failures of ears in the words of the rules.
var reasons = map[recognition.Why]call.Reason{
	recognition.Broken: call.HearingFailed, recognition.Busy: call.HearingBusy, recognition.Late: call.HearingLate, recognition.Denied: call.HearingDenied,
}

// Unheard is why nothing was recognized, in the words of the rules.
func Unheard(err error) call.Reason {
	if failure := new(recognition.Failure); errors.As(err, &failure) {
		return reasons[failure.Why]
	}
	return call.HearingFailed
}

// converse has the application read over a socket. What it says is of no interest.
func (t *Transcript) converse(ctx context.Context, s *socket, again bool) error {
	t.mu.Lock()
	t.opened = true
	t.mu.Unlock()
	defer t.end()
	t.line.cfg.Signals.Signal(t.line.call, call.TranscriptOpened{Connection: t.spec.Connection, Run: t.spec.Run, Again: again})
	return s.converse(ctx, func(ctx context.Context) error { return t.tell(ctx, s) }, s.ignore)
}

// end has a socket that broke not be opened again, once the transcript is closed: its
// application has perhaps closed it too.
func (t *Transcript) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		t.stop()
	}
}

// tell sends what was said, to the end.
func (t *Transcript) tell(ctx context.Context, s *socket) error {
	for {
		text, err := t.texts.first(ctx)
		if err == io.EOF {
			t.stop()
		}
		if err == nil {
			err = s.write(ctx, text)
		}
		if err != nil {
			return err
		}
		t.texts.taken()
	}
}
