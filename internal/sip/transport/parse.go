package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/emiago/sipgo/sip"
)

func (l *Layer) parsePacket(data []byte, from udpFlow) {
	msg, err := parseSafely(func() (sip.Message, error) { return l.parser.ParseSIP(data) })
	if err != nil {
		l.Counters.Malformed.Add(1)
		refuse(msg, from)
		return
	}
	l.deliver(msg, from)
}

// parsed is what bytes of a stream came to.
type parsed struct {
	whole bool // a message came out
	part  bool // and there is part of one, or another
}

// parseStream feeds bytes to a connection's parser.
func (l *Layer) parseStream(p *sip.ParserStream, data []byte, from *stream) (got parsed, err error) {
	p.Write(data)
	for p.Buffer().Len() > 0 {
		msg, err := parseSafely(func() (sip.Message, error) {
			msg, _, err := p.ParseNext()
			return msg, err
		})
		if errors.Is(err, io.ErrUnexpectedEOF) {
			got.part = true
			return got, nil
		}
		if err != nil {
			l.Counters.Malformed.Add(1)
			refuse(msg, from)
			return got, fmt.Errorf("unparsable message: %w", err)
		}
		got.whole = true
		if !from.await() {
			return got, net.ErrClosed
		}
		l.deliver(msg, from)
	}
	return got, nil
}

func (l *Layer) deliver(msg sip.Message, from Flow) {
	if req, ok := msg.(*sip.Request); ok {
		markVia(req, from)
	}
	l.cfg.Receive(msg, from)
}

// parseSafely keeps a mistake in the parser from costing more than the message
// that found it.
func parseSafely(parse func() (sip.Message, error)) (msg sip.Message, err error) {
	defer func() {
		if r := recover(); r != nil {
			msg, err = nil, fmt.Errorf("parser: %v", r)
		}
	}()
	return parse()
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

// refuse answers a request that could not be parsed with 400, if what was read
// before the fault tells where the answer belongs (RFC 3261 16.3, 18.3).
func refuse(msg sip.Message, from Flow) {
	req, ok := msg.(*sip.Request)
	if !ok || req == nil || req.Method == sip.ACK {
		return
	}
	if req.Via() == nil || req.From() == nil || req.To() == nil || req.CallID() == nil || req.CSeq() == nil {
		return
	}
	markVia(req, from)
	res := sip.NewResponseFromRequest(req, 400, "Bad Request", nil)
	from.ReplyTo(req.Via()).Reply([]byte(res.String()))
}
