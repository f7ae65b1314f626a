package rtp

import (
	"encoding/binary"
	"time"
)

// RTCP packet types (RFC 3550 section 12.1).
const (
	typeSR   = 200
	typeRR   = 201
	typeSDES = 202
	typeBye  = 203
)

// The lengths of what RTCP packets are made of, in bytes.
const (
	controlHeader = 8 // with the sender's SSRC
	senderSize    = 20
	blockSize     = 24
)

// senderInfo is what a sender says of its stream (RFC 3550 section 6.4.1).
type senderInfo struct {
	ntp       uint64
	timestamp uint32
	packets   uint32
	octets    uint32
}

// block is what somebody who hears a stream says of it (RFC 3550 section 6.4.1).
type block struct {
	ssrc     uint32 // of the stream
	fraction uint8  // lost since the last report, of 256
	lost     int32  // since the beginning; 24 bits on the wire
	highest  uint32 // sequence number, extended by its cycles
	jitter   uint32 // in units of timestamps
	lastSR   uint32 // the middle of the NTP time of the last SR; 0: none came
	delay    uint32 // since it came, in units of 1/65536 s
}

// control is a compound packet to be sent.
type control struct {
	ssrc  uint32
	sent  *senderInfo // nil: nothing was sent, this is an RR
	heard *block      // nil: nothing was heard
	cname string
	bye   bool
}

// append writes the packet: SR or RR, SDES with the CNAME, and perhaps BYE (RFC 3550
// section 6.1).
func (c control) append(dst []byte) []byte {
	kind, size, count := byte(typeRR), controlHeader, byte(0)
	if c.sent != nil {
		kind, size = typeSR, size+senderSize
	}
	if c.heard != nil {
		size, count = size+blockSize, 1
	}
	dst = appendControlHeader(dst, kind, count, size)
	dst = binary.BigEndian.AppendUint32(dst, c.ssrc)
	if c.sent != nil {
		dst = c.sent.append(dst)
	}
	if c.heard != nil {
		dst = c.heard.append(dst)
	}
	dst = c.appendName(dst)
	if c.bye {
		dst = appendControlHeader(dst, typeBye, 1, controlHeader)
		dst = binary.BigEndian.AppendUint32(dst, c.ssrc)
	}
	return dst
}

// appendControlHeader begins a packet of a size in bytes, a multiple of four.
func appendControlHeader(dst []byte, kind, count byte, size int) []byte {
	dst = append(dst, 2<<6|count, kind)
	return binary.BigEndian.AppendUint16(dst, uint16(size/4-1))
}

func (s *senderInfo) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, s.ntp)
	dst = binary.BigEndian.AppendUint32(dst, s.timestamp)
	dst = binary.BigEndian.AppendUint32(dst, s.packets)
	return binary.BigEndian.AppendUint32(dst, s.octets)
}

func (b *block) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, b.ssrc)
	dst = binary.BigEndian.AppendUint32(dst, uint32(b.fraction)<<24|uint32(b.lost)&0xffffff)
	for _, field := range [...]uint32{b.highest, b.jitter, b.lastSR, b.delay} {
		dst = binary.BigEndian.AppendUint32(dst, field)
	}
	return dst
}

// appendName writes the SDES item CNAME, which every compound packet has. A zero ends
// the list of items, and more of them fill the last word (RFC 3550 section 6.5).
func (c control) appendName(dst []byte) []byte {
	items := 2 + len(c.cname)
	padded := items + 4 - items%4
	dst = appendControlHeader(dst, typeSDES, 1, controlHeader+padded)
	dst = binary.BigEndian.AppendUint32(dst, c.ssrc)
	dst = append(dst, 1, byte(len(c.cname)))
	dst = append(dst, c.cname...)
	return append(dst, make([]byte, padded-items)...)
}

// told is what a compound packet says that matters to one leg.
type told struct {
	sender  uint32 // whose report it is
	sends   bool   // it is an SR
	ntp     uint64 // of the SR
	about   block  // what it says of our stream
	ofOurs  bool   // it says something of our stream
	goodbye bool   // its sender leaves
}

// parseControl reads a compound packet, as far as it is about the stream ours. It
// holds it to the rules of RFC 3550 A.2: it begins with a report, each part has
// version 2, and the lengths add up. What is unknown is passed over. It allocates
// nothing.
func parseControl(packet []byte, ours uint32) (t told, ok bool) {
	for first := true; len(packet) > 0; first = false {
		if len(packet) < 4 || packet[0]>>6 != 2 {
			return told{}, false
		}
		size := 4 * (int(binary.BigEndian.Uint16(packet[2:])) + 1)
		if size > len(packet) {
			return told{}, false
		}
		part := packet[:size]
		packet = packet[size:]
		padded := part[0]&0x20 != 0
		if first && (padded || part[1] != typeSR && part[1] != typeRR) || padded && len(packet) > 0 {
			return told{}, false
		}
		if !t.read(part, ours, first) {
			return told{}, false
		}
	}
	return t, true
}

func (t *told) read(part []byte, ours uint32, first bool) bool {
	count := int(part[0] & 0x1f)
	switch part[1] {
	case typeSR, typeRR:
		return t.readReport(part, count, ours, first)
	case typeBye:
		for i := range count {
			if len(part) < 8+4*i {
				return false
			}
			t.goodbye = t.goodbye || binary.BigEndian.Uint32(part[4+4*i:]) == t.sender
		}
	}
	return true
}

func (t *told) readReport(part []byte, count int, ours uint32, first bool) bool {
	if len(part) < controlHeader {
		return false
	}
	at := controlHeader
	if part[1] == typeSR {
		at += senderSize
	}
	if len(part) < at+count*blockSize {
		return false
	}
	if first {
		t.sender = binary.BigEndian.Uint32(part[4:])
		if t.sends = part[1] == typeSR; t.sends {
			t.ntp = binary.BigEndian.Uint64(part[8:])
		}
	}
	for b := part[at:]; count > 0; count, b = count-1, b[blockSize:] {
		if binary.BigEndian.Uint32(b) == ours {
			t.about, t.ofOurs = readBlock(b), true
		}
	}
	return true
}

func readBlock(b []byte) block {
	lost := binary.BigEndian.Uint32(b[4:])
	return block{
		ssrc: binary.BigEndian.Uint32(b), fraction: uint8(lost >> 24), lost: int32(lost<<8) >> 8,
		highest: binary.BigEndian.Uint32(b[8:]), jitter: binary.BigEndian.Uint32(b[12:]),
		lastSR: binary.BigEndian.Uint32(b[16:]), delay: binary.BigEndian.Uint32(b[20:]),
	}
}

// ntpEpoch is 1970 in seconds of NTP, which begins in 1900.
const ntpEpoch = 2208988800

// ntpTime is a time as RTCP tells it: seconds and their fraction.
func ntpTime(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// ntpMiddle is the part of a time by which round trips are measured, in units of 1/65536 s.
func ntpMiddle(ntp uint64) uint32 { return uint32(ntp >> 16) }

// ofMiddle is how long so many units are.
func ofMiddle(units uint32) time.Duration {
	return time.Duration(uint64(units) * uint64(time.Second) >> 16)
}
