package stream

import (
	"context"
	"fmt"
	"net/http"

	"github.com/coder/websocket"

	"strowger/internal/outbound"
)

// refusedError is an answer that opens no socket.
type refusedError struct{ status int }

func (e *refusedError) Error() string {
	return fmt.Sprintf("the application answers %d %s, and opens no socket", e.status, http.StatusText(e.status))
}

// open opens the socket and says what it is for, and tries that again some times.
func (s *Stream) open(ctx context.Context) (socket *websocket.Conn, err error) {
	pause := openPause
	for try := 1; ; try++ {
		if socket, err = s.openOnce(ctx); err == nil || try == openings || ctx.Err() != nil {
			return socket, err
		}
		s.log.Info("the socket of a media stream is not opened yet", "try", try, "error", err)
		s.rest(ctx, pause)
		pause *= 2
	}
}

func (s *Stream) openOnce(ctx context.Context) (*websocket.Conn, error) {
	token, err := s.cfg.Token()
	if err != nil {
		return nil, err
	}
	socket, answer, err := websocket.Dial(ctx, s.spec.Spec.URL, &websocket.DialOptions{
		HTTPClient: s.cfg.Client,
		HTTPHeader: http.Header{
			"Authorization":            {"Bearer " + token},
			"X-Ms-Call-Connection-Id":  {string(s.spec.Connection)},
			"X-Ms-Call-Correlation-Id": {string(s.id)},
		},
	})
	if err != nil {
		if answer != nil && answer.StatusCode != http.StatusSwitchingProtocols {
			return nil, &refusedError{answer.StatusCode}
		}
		return nil, outbound.WithoutURL(err)
	}
	socket.SetReadLimit(messageMost)
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	first, err := metadata(s.spec)
	if err == nil {
		err = socket.Write(ctx, websocket.MessageText, first)
	}
	if err != nil {
		socket.CloseNow()
		return nil, err
	}
	return socket, nil
}
