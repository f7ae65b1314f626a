package dtmf

import "encoding/binary"

// EventSize is the length of a telephone-event payload.
const EventSize = 4

// Event is the payload of one telephone-event packet (RFC 4733 section 2.3).
type Event struct {
	Code     uint8
	End      bool
	Volume   uint8  // attenuation in dBm0, 0 to 63
	Duration uint16 // in timestamp units
}

// ParseEvent reads a payload. Anything after the first four bytes is ignored.
func ParseEvent(payload []byte) (Event, bool) {
	if len(payload) < EventSize {
		return Event{}, false
	}
	return Event{
		Code:     payload[0],
		End:      payload[1]&0x80 != 0,
		Volume:   payload[1] & 0x3f,
		Duration: binary.BigEndian.Uint16(payload[2:]),
	}, true
}

// Put writes the payload to dst, which must have room for EventSize bytes.
func (e Event) Put(dst []byte) {
	dst[0] = e.Code
	dst[1] = e.Volume & 0x3f
	if e.End {
		dst[1] |= 0x80
	}
	binary.BigEndian.PutUint16(dst[2:], e.Duration)
}

// Digit is the key that the event stands for, if it is one: flash and the
// tones of other registries are not.
func (e Event) Digit() (Digit, bool) {
	if int(e.Code) >= len(events) {
		return 0, false
	}
	return Digit(events[e.Code]), true
}
