package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"strowger/internal/call"
	"strowger/internal/outbound"
)

const (
	// openings is how often a socket is tried to be opened, when it is wanted first and
	// when it breaks, and openPause how long the first pause in between is; the next is
	// twice that.
	openings  = 3
	openPause = 500 * time.Millisecond
	// lasting is how long a socket has to last for the next break to be a first one.
	lasting = 10 * time.Second
	// writeTime is how long an application may take no message before its socket counts
	// as broken.
	writeTime = 10 * time.Second
	// messageMost bounds a message of an application, in bytes: a minute and a half of sound.
	messageMost = 6 << 20
)

// line is what keeps a socket to an application open.
type line struct {
	cfg        Config
	call       call.ID
	connection call.ConnectionID
	url        string
	first      func() []byte // the message that says what the socket is for
	carries    string        // what goes over it, for the log
	log        *slog.Logger
}

// lostError is why a socket is not there, and is not tried again.
type lostError struct {
	err   error
	first bool // it never was
}

func (e *lostError) Error() string { return e.err.Error() }

func (e *lostError) reason() call.Reason {
	if e.first {
		return call.StreamUnopened
	}
	return call.StreamBroken
}

// status is that of HTTP which the application answered with in place of a socket, or 0.
func (e *lostError) status() int {
	if refused := new(refusedError); errors.As(e.err, &refused) {
		return refused.status
	}
	return 0
}

// refusedError is an answer that opens no socket.
type refusedError struct{ status int }

func (e *refusedError) Error() string {
	return fmt.Sprintf("the application answers %d %s, and opens no socket", e.status, http.StatusText(e.status))
}

// keep has an open socket used until that is over, and opens another one when it breaks.
// It returns nil when ctx is done.
func (l *line) keep(ctx context.Context, use func(ctx context.Context, s *socket, again bool) error) *lostError {
	brief := 0 // sockets in a row that broke soon
	for first := true; ; first = false {
		s, err := l.open(ctx)
		if ctx.Err() != nil {
			if err == nil {
				_ = s.CloseNow()
			}
			return nil
		}
		if err != nil {
			return l.lost(err, first)
		}
		began := time.Now()
		err = use(ctx, s, !first)
		if ctx.Err() != nil {
			return nil
		}
		if brief++; time.Since(began) > lasting {
			brief = 1
		}
		if brief > openings {
			return l.lost(err, false)
		}
		rest(ctx, time.Duration(brief)*openPause)
		l.log.Warn("the socket of "+l.carries+" broke; it is opened again", "error", err)
	}
}

func (l *line) lost(err error, first bool) *lostError {
	l.log.Warn(l.carries+" ends: its socket cannot be opened, or breaks each time; check transportUrl, that the application listens there, and that outbound.allow_networks admits its host", "error", err)
	return &lostError{err, first}
}

// rest waits, but for no end of what the socket is for.
func rest(ctx context.Context, pause time.Duration) {
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
}

// open opens the socket and says what it is for, and tries that again some times.
func (l *line) open(ctx context.Context) (s *socket, err error) {
	pause := openPause
	for try := 1; ; try++ {
		if s, err = l.openOnce(ctx); err == nil || try == openings || ctx.Err() != nil {
			return s, err
		}
		l.log.Info("the socket of "+l.carries+" is not opened yet", "try", try, "error", err)
		rest(ctx, pause)
		pause *= 2
	}
}

func (l *line) openOnce(ctx context.Context) (*socket, error) {
	token, err := l.cfg.Token()
	if err != nil {
		return nil, err
	}
	conn, answer, err := websocket.Dial(ctx, l.url, &websocket.DialOptions{
		HTTPClient: l.cfg.Client,
		HTTPHeader: http.Header{
			"Authorization":            {"Bearer " + token},
			"X-Ms-Call-Connection-Id":  {string(l.connection)},
			"X-Ms-Call-Correlation-Id": {string(l.call)},
		},
	})
	if err != nil {
		if answer != nil && answer.StatusCode != http.StatusSwitchingProtocols {
			return nil, &refusedError{answer.StatusCode}
		}
		return nil, outbound.WithoutURL(err)
	}
	conn.SetReadLimit(messageMost)
	s := newSocket(conn)
	if err := s.write(ctx, l.first()); err != nil {
		_ = conn.CloseNow()
		return nil, err
	}
	return s, nil
}

// socket is an open one.
type socket struct {
	*websocket.Conn
	late *time.Timer // ends it when a message is not taken
}

func newSocket(conn *websocket.Conn) *socket {
	s := &socket{conn, time.AfterFunc(writeTime, func() { _ = conn.CloseNow() })}
	s.late.Stop()
	return s
}

// write sends a message. It is not given up when ctx is done: whoever cancels a write
// breaks the socket.
func (s *socket) write(ctx context.Context, message []byte) error {
	s.late.Reset(writeTime)
	defer s.late.Stop()
	return s.Write(context.WithoutCancel(ctx), websocket.MessageText, message)
}

// converse tells and listens until the socket breaks or ctx is done, and closes it.
func (s *socket) converse(ctx context.Context, tell, listen func(context.Context) error) error {
	telling, broken := context.WithCancelCause(ctx)
	defer broken(nil)
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		broken(listen(telling))
	}()
	broken(tell(telling))
	if ctx.Err() != nil {
		_ = s.Close(websocket.StatusNormalClosure, "the stream has ended")
	} else {
		_ = s.CloseNow()
	}
	<-listening
	return context.Cause(telling)
}

// ignore listens to what nobody wants to hear, as a socket has to.
func (s *socket) ignore(ctx context.Context) error {
	for {
		// Whoever cancels a read breaks the socket: this one ends when it is closed.
		if _, _, err := s.Read(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
}
