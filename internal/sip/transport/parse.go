package transport

import (
	"errors"
	"net"
	"strconv"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/message"
)

// parsed is what bytes of a stream came to.
type parsed struct {
	whole bool // a message came out
	part  bool // and there is part of one, or another
}

// parseStream feeds bytes to a connection's messages. An error ends the stream.
func (l *Layer) parseStream(m *message.Stream, data []byte, from *stream) (got parsed, err error) {
	m.Write(data)
	for {
		msg, err := m.Next()
		var fault *message.Fault
		switch {
		case errors.Is(err, message.ErrKeepAlive):
			from.Send([]byte("\r\n"), nil) // RFC 5626 3.5.1: a ping gets its pong
			continue
		case msg == nil && err == nil:
			got.part = m.Partial()
			return got, nil
		}
		got.whole = true
		if !from.await() {
			return got, net.ErrClosed
		}
		l.deliver(msg, err, from)
		if errors.As(err, &fault) && fault.Unframed {
			return got, fault
		}
	}
}

// deliver hands on what was read, or why it could not be.
func (l *Layer) deliver(msg sip.Message, err error, from Flow) {
	if req, ok := msg.(*sip.Request); ok {
		markVia(req, from)
	}
	switch {
	case err != nil:
		l.Counters.Malformed.Add(1)
		if l.cfg.Malformed != nil {
			l.cfg.Malformed(msg, err, from)
		}
	case msg != nil:
		l.cfg.Receive(msg, from)
	}
}

// markVia notes where a request really came from (RFC 3261 18.2.1, RFC 3581 4).
func markVia(req *sip.Request, from Flow) {
	remote := from.Remote()
	req.SetSource(remote.String())
	via := req.Via()
	if via == nil {
		return
	}
	if v, ok := via.Params.Get("rport"); ok && v == "" {
		via.Params.Add("rport", strconv.Itoa(int(remote.Port())))
		via.Params.Add("received", remote.Addr().String())
		return
	}
	if ip := net.ParseIP(via.Host); ip == nil || !ip.Equal(remote.Addr().AsSlice()) {
		via.Params.Add("received", remote.Addr().String())
	}
}
