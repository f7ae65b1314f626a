package stream

import (
	"bytes"
	"context"
	"time"

	"github.com/coder/websocket"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// converse has the application hear and speak over a socket.
func (s *Stream) converse(ctx context.Context, socket *socket, again bool) error {
	tap := s.room.Tap(mixer.TapConfig{Ticks: backlog, Voices: true}) // all that comes after StreamOpened is heard
	s.line.cfg.Signals.Signal(s.line.call, call.StreamOpened{Connection: s.spec.Connection, Run: s.spec.Run, Again: again})
	return socket.converse(ctx,
		func(ctx context.Context) error { return s.tell(ctx, socket, tap) },
		func(ctx context.Context) error { return s.listen(ctx, socket) })
}

// messageKept is the longest message, in bytes, whose memory is used for the next one.
const messageKept = 64 << 10

// listen takes what the application says. What is no message of its, it is told of in
// the log once: a later one may be.
func (s *Stream) listen(ctx context.Context, socket *socket) error {
	var samples []int16
	var message bytes.Buffer
	for {
		// Whoever cancels a read breaks the socket: this one ends when it is closed.
		kind, r, err := socket.Reader(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		if message.Cap() > messageKept {
			message = bytes.Buffer{}
		}
		message.Reset()
		if _, err := message.ReadFrom(r); err != nil {
			return err
		}
		h, err := parse(message.Bytes(), samples[:0])
		switch {
		case err != nil || kind != websocket.MessageText:
			if s.garbage.Add(1) == 1 {
				s.log.Warn("an application sends what is no message of a media stream; it is ignored", "error", err)
			}
		case s.voice == nil:
		case h.stop:
			s.voice.stop()
		default:
			if err := s.voice.say(ctx, h.samples, h.mark); err != nil {
				return err
			}
			if samples = h.samples; cap(samples) > messageKept {
				samples = nil
			}
		}
	}
}

// tell sends what is heard, a message for each frame, on the clock's time.
func (s *Stream) tell(ctx context.Context, socket *socket, tap *mixer.Tap) error {
	defer tap.Close()
	t := &telling{Stream: s, socket: socket, first: tap.First(), began: time.Now(), mixed: &person{}}
	defer func() { s.dropped.Add(tap.Dropped()) }()
	for {
		h, err := tap.Read(ctx)
		if err == nil {
			err = t.tick(ctx, h)
		}
		if err != nil {
			return err
		}
	}
}
