package rtp

import (
	"fmt"
	"net/netip"

	"strowger/internal/media/codec"
)

// Direction is which way sound may go, seen from here (RFC 3264 section 6.1).
type Direction int

const (
	SendRecv Direction = iota
	SendOnly           // the far end is on hold, or holds us with music to come
	RecvOnly
	Inactive
)

func (d Direction) String() string {
	return [...]string{"sendrecv", "sendonly", "recvonly", "inactive"}[d]
}

func (d Direction) sends() bool    { return d == SendRecv || d == SendOnly }
func (d Direction) receives() bool { return d == SendRecv || d == RecvOnly }

// Params is what an offer and its answer agreed on.
type Params struct {
	Remote           netip.AddrPort // from the far end's SDP; unspecified (0.0.0.0) means send nothing
	Codec            *codec.Codec
	PayloadType      uint8 // of Codec
	EventPayloadType uint8 // of telephone-event; 0 when it was not negotiated
	Direction        Direction
}

func (p Params) validate() error {
	switch {
	case p.Codec == nil:
		return fmt.Errorf("rtp: no codec")
	case p.PayloadType > 127 || p.EventPayloadType > 127:
		return fmt.Errorf("rtp: payload type out of range")
	case p.PayloadType == p.EventPayloadType && p.EventPayloadType != 0:
		return fmt.Errorf("rtp: payload type %d is both audio and telephone-event", p.PayloadType)
	}
	return nil
}
