package rtp

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/dtmf"
)

// Config is what a session is for all its life.
type Config struct {
	Transport    Transport
	MediaTimeout time.Duration // 0: never
	// OnDigit is called at the end of each digit, with when the packet arrived that
	// ended it; OnMediaTimeout once each
	// time that no packet came for MediaTimeout though some were due. Both
	// run on the session's reader and must not block. Both may be nil.
	OnDigit        func(d dtmf.Digit, at time.Time)
	OnMediaTimeout func()
}

// Session is one leg's sound, coming and going by one transport.
//
// Its fields are grouped by who touches them: any goroutine through the
// atomics, the reader goroutine (Run), and the clock (ReadFrame, WriteFrame).
type Session struct {
	cfg Config

	pipeline  atomic.Pointer[pipeline] // what was agreed on; nil until Update
	eventOpen atomic.Bool              // the reader has an event without an end
	alarms    atomic.Uint32            // what the clock wants the reader to do
	closed    atomic.Bool
	updating  sync.Mutex
	outbox    outbox
	intake    intake // counters of the reader

	// What arrives belongs to whoever holds intaking: the reader, or the clock
	// when the transport is polled. Nobody waits for it: who finds it held
	// leaves the work to the other.
	intaking atomic.Bool
	in       receiving
	digits   chan pressed // found by either, to be told by the reader

	// The clock's.
	applied *pipeline // by ReadFrame
	playout playout
	out     sending
	hush    hush

	talk dialogue // about what is heard
}

// NewSession makes a session that hears and says nothing until Update, and
// hears nothing until Run. It owns the transport from now on.
func NewSession(cfg Config) *Session {
	s := &Session{cfg: cfg}
	s.hush.limit = media.Frames(cfg.MediaTimeout)
	s.in.started = time.Now()
	s.in.events = dtmf.NewReceiver(s.hearDigit)
	s.in.take = s.receive
	s.digits = make(chan pressed, maxUntold)
	s.out.init()
	s.talk.cname = newName()
	return s
}

// String names the codec that was agreed on.
func (s *Session) String() string {
	if l := s.pipeline.Load(); l != nil {
		return l.Codec.String()
	}
	return "nothing agreed on"
}

// SampleRateHz is the rate of the frames read and written: that of the codec
// that was agreed on, and narrowband before.
func (s *Session) SampleRateHz() int {
	if l := s.pipeline.Load(); l != nil {
		return l.Codec.SampleRateHz
	}
	return media.Narrowband
}

// LocalAddr is the address of the transport.
func (s *Session) LocalAddr() netip.AddrPort { return s.cfg.Transport.LocalAddr() }

// SSRC names the stream that we send (RFC 3550 section 8). It never changes.
func (s *Session) SSRC() uint32 { return s.out.ssrc }

// Update applies what was negotiated, for the first time or again.
func (s *Session) Update(p Params) error {
	if err := p.validate(); err != nil {
		return err
	}
	p.Remote = netip.AddrPortFrom(p.Remote.Addr().Unmap(), p.Remote.Port())
	s.updating.Lock()
	defer s.updating.Unlock()
	s.pipeline.Store(newPipeline(p, s.pipeline.Load()))
	s.cfg.Transport.Follow(p.Remote, p.Behind.Unmap())
	if c := s.cfg.Transport.Control(); c != nil {
		c.Follow(p.Control, p.Muxed)
	}
	return nil
}

// Run receives until ctx is done or Close is called, and closes the session.
func (s *Session) Run(ctx context.Context) error {
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		_ = s.Close()
	})
	var talking sync.WaitGroup
	if c := s.cfg.Transport.Control(); c != nil {
		talking.Go(func() { s.converse(c) })
	}
	defer talking.Wait()
	err := s.readPackets()
	if !stop() {
		<-interrupted
	}
	_ = s.Close()
	return err
}

func (s *Session) readPackets() error {
	defer s.tellDigits()
	for {
		err := s.cfg.Transport.Read(s.in.take)
		switch {
		case err == nil:
			s.tellDigits()
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.poll()
			s.answerAlarms()
		case s.closed.Load():
			return nil
		default:
			return fmt.Errorf("rtp: receive: %w", err)
		}
	}
}

// Close ends Run, fails digits that were not sent and gives the port back. It
// may be called more than once.
func (s *Session) Close() error {
	if !s.closed.Swap(true) {
		s.poll() // the last key before hanging up
		if c := s.cfg.Transport.Control(); c != nil {
			s.report(c, true)
		}
	}
	s.outbox.close()
	return s.cfg.Transport.Close()
}

// ReadFrame gives the next 20 ms of what the far end says and reports whether
// there is any sound in it. One goroutine at a time may read and write: the
// clock.
func (s *Session) ReadFrame(dst []int16) (voiced bool) {
	s.poll()
	l := s.pipeline.Load()
	if l == nil {
		return false
	}
	if l != s.applied && l.frame() == len(dst) {
		s.apply(l)
	}
	if l = s.applied; l == nil || l.frame() != len(dst) {
		return false // of a rate that was never agreed on
	}
	s.listen(l)
	if !l.Direction.receives() {
		return false
	}
	return s.playout.read(dst, l, s.intake.late.Load())
}

// apply makes the hearing half follow an Update. One that changes the rate waits
// for the first frame of the new rate: it may have come just before a frame of
// the old.
func (s *Session) apply(l *pipeline) {
	if s.applied == nil || s.applied.Codec != l.Codec {
		s.playout.reset(l.frame())
	}
	s.hush.idle = 0
	s.applied = l
}

// Stats is a snapshot of the counters.
func (s *Session) Stats() Stats {
	stats := Stats{
		Received:   s.intake.received.Load(),
		Lost:       s.intake.lost(),
		Late:       s.intake.late.Load() + s.playout.tooLate.Load(),
		Duplicated: s.intake.duplicated.Load(),
		Invalid:    s.intake.invalid.Load() + s.cfg.Transport.Strangers(),
		Hurried:    s.playout.hurried.Load(),
		Sent:       s.out.sent.Load(),
		SendErrors: s.out.errors.Load(),
		Jitter:     s.intake.jitter.duration(),
	}
	s.talk.mu.Lock()
	stats.Reports, stats.FarLost, stats.RoundTrip = s.talk.reports, s.talk.lost, s.talk.roundTrip
	jitter := s.talk.last.jitter
	s.talk.mu.Unlock()
	if l := s.pipeline.Load(); l != nil {
		stats.FarJitter = time.Duration(jitter) * time.Second / time.Duration(l.Codec.ClockRateHz)
		sample := time.Second / time.Duration(l.Codec.SampleRateHz)
		stats.Concealed = time.Duration(s.playout.concealed.Load()) * sample
		stats.Delay = time.Duration(s.playout.waiting.Load()) * sample
	}
	return stats
}
