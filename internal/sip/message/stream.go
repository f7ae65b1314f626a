package message

import (
	"errors"

	"github.com/emiago/sipgo/sip"
)

// ErrKeepAlive is an empty line twice between two messages: a ping, which wants
// one empty line back (RFC 5626 3.5.1).
var ErrKeepAlive = errors.New("keep-alive")

// Stream cuts what comes over one connection into messages. The zero Stream is
// at the start of one.
type Stream struct {
	buf     []byte // what has come and is not used yet
	start   int    // of buf: what stands before is used
	seen    int    // of buf: the head's end is not before
	breaks  int    // empty lines since the last message or keep-alive
	pending *reader
	need    int // bytes of the body of pending
}

// Write takes what has come. It keeps a copy.
func (s *Stream) Write(p []byte) {
	if s.start > 0 {
		s.buf = append(s.buf[:0], s.buf[s.start:]...)
		s.seen -= s.start
		s.start = 0
	}
	s.buf = append(s.buf, p...)
}

// Partial reports whether a message has begun and not ended.
func (s *Stream) Partial() bool { return s.pending != nil || s.start < len(s.buf) }

// Next is the next message or ErrKeepAlive; (nil, nil) when more has to come. Any
// other error is a *Fault, with a nil message or a request to answer; after one
// that is Unframed there is nothing more.
func (s *Stream) Next() (sip.Message, error) {
	if s.pending == nil {
		if s.blank() {
			return nil, ErrKeepAlive
		}
		if fault := s.head(); fault != nil {
			return nil, fault
		}
	}
	r := s.pending
	switch {
	case r == nil:
		return nil, nil
	case r.fault != nil && r.fault.Unframed:
		s.pending = nil
		return r.result()
	case len(s.buf)-s.start < s.need:
		return nil, nil
	}
	if s.need > 0 {
		r.msg.SetBody(append([]byte(nil), s.buf[s.start:s.start+s.need]...))
	}
	s.use(s.need)
	s.pending, s.breaks = nil, 0
	return r.result()
}

// blank passes over empty lines between messages (RFC 3261 7.5), and reports
// whether two were a keep-alive.
func (s *Stream) blank() bool {
	for s.start < len(s.buf) {
		switch rest := s.buf[s.start:]; {
		case rest[0] == '\n':
			s.use(1)
		case rest[0] == '\r' && len(rest) > 1 && rest[1] == '\n':
			s.use(2)
		default:
			return false
		}
		if s.breaks++; s.breaks == 2 {
			s.breaks = 0
			return true
		}
	}
	return false
}

// head reads the header fields once they are there.
func (s *Stream) head() *Fault {
	end := headEnd(s.buf, max(s.seen, s.start))
	if end < 0 {
		// A line end and the one after it may come apart.
		s.seen = max(s.start, len(s.buf)-2)
		if len(s.buf)-s.start > most {
			return unframed("a message of more than %d bytes", most)
		}
		return nil
	}
	r := read(string(s.buf[s.start:end]))
	s.use(end - s.start)
	s.pending = &r
	length, known := r.bodyLength()
	switch {
	case r.msg == nil:
		r.fault.Unframed = true
	case !known && r.fault == nil:
		// RFC 3261 20.14: on a stream it is the only sign of the end.
		r.fail(unframed("Content-Length is missing, which a stream cannot do without"))
	case !known:
		r.fault.Unframed = true
	case length > most-(end-s.start):
		r.fault = unframed("a message of more than %d bytes", most)
	}
	s.need = length
	return nil
}

func (s *Stream) use(n int) {
	s.start += n
	s.seen = s.start
	if s.start == len(s.buf) { // an idle connection keeps little
		s.start, s.seen = 0, 0
		if s.buf = s.buf[:0]; cap(s.buf) > 8<<10 {
			s.buf = nil
		}
	}
}
