package rtp

import "encoding/binary"

// headerSize is the length of a header without contributors or extension.
const headerSize = 12

// header is what matters of an RTP header (RFC 3550 section 5.1).
type header struct {
	marker      bool
	payloadType uint8
	sequence    uint16
	timestamp   uint32
	ssrc        uint32
}

// parse splits a packet in header and payload. It accepts contributors, one
// header extension and padding, and refuses whatever else is not RTP version
// 2, RTCP on the same port among it (RFC 5761 section 4).
func parse(packet []byte) (h header, payload []byte, ok bool) {
	if len(packet) < headerSize || packet[0]>>6 != 2 || isRTCP(packet[1]) {
		return header{}, nil, false
	}
	h = header{
		marker:      packet[1]&0x80 != 0,
		payloadType: packet[1] & 0x7f,
		sequence:    binary.BigEndian.Uint16(packet[2:]),
		timestamp:   binary.BigEndian.Uint32(packet[4:]),
		ssrc:        binary.BigEndian.Uint32(packet[8:]),
	}
	contributors := int(packet[0] & 0x0f)
	payload, ok = skip(packet[headerSize:], 4*contributors)
	if ok && packet[0]&0x10 != 0 {
		payload, ok = skipExtension(payload)
	}
	if ok && packet[0]&0x20 != 0 {
		payload, ok = cutPadding(payload)
	}
	return h, payload, ok
}

func isRTCP(second byte) bool { return second >= 192 && second <= 223 }

func skip(b []byte, n int) ([]byte, bool) {
	if len(b) < n {
		return nil, false
	}
	return b[n:], true
}

func skipExtension(b []byte) ([]byte, bool) {
	if len(b) < 4 {
		return nil, false
	}
	words := int(binary.BigEndian.Uint16(b[2:]))
	return skip(b, 4+4*words)
}

func cutPadding(b []byte) ([]byte, bool) {
	if len(b) == 0 {
		return nil, false
	}
	n := int(b[len(b)-1])
	if n == 0 || n > len(b) {
		return nil, false
	}
	return b[:len(b)-n], true
}

// put writes the header to the first headerSize bytes of dst.
func (h header) put(dst []byte) {
	dst[0] = 2 << 6
	dst[1] = h.payloadType
	if h.marker {
		dst[1] |= 0x80
	}
	binary.BigEndian.PutUint16(dst[2:], h.sequence)
	binary.BigEndian.PutUint32(dst[4:], h.timestamp)
	binary.BigEndian.PutUint32(dst[8:], h.ssrc)
}
