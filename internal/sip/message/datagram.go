package message

import (
	"bytes"

	"github.com/emiago/sipgo/sip"
)

// most is how many bytes a message may have.
const most = 65535

// ReadDatagram reads the message in a datagram, which is not kept. What follows
// the body does not belong to it (RFC 3261 18.3). It is (nil, nil) for a datagram
// without a message: a keep-alive.
//
// The error is a *Fault. The message that comes with it is nil or a request to
// answer.
func ReadDatagram(data []byte) (sip.Message, error) {
	data = bytes.TrimLeft(data, "\r\n\x00")
	if len(data) == 0 {
		return nil, nil
	}
	end := headEnd(data, 0)
	head := data
	if end >= 0 {
		head, data = data[:end], data[end:]
	} else {
		data = nil
	}
	r := read(string(head))
	if end < 0 {
		r.fail(faultf("the empty line after the header fields is missing"))
	}
	switch length, known := r.bodyLength(); {
	case r.msg == nil:
		return nil, r.fault
	case !known:
	case length > len(data):
		r.fail(faultf("Content-Length is %d, and %d bytes follow", length, len(data)))
	default:
		data = data[:length]
	}
	if len(data) > 0 {
		r.msg.SetBody(bytes.Clone(data))
	}
	return r.result()
}

// headEnd is where the empty line after the header fields ends, -1 when it has
// not come. Nothing before from needs to be looked at again.
func headEnd(data []byte, from int) int {
	for i := from; i < len(data); {
		n := bytes.IndexByte(data[i:], '\n')
		if n < 0 {
			return -1
		}
		i += n + 1
		switch rest := data[i:]; {
		case len(rest) > 0 && rest[0] == '\n':
			return i + 1
		case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
			return i + 2
		}
	}
	return -1
}
