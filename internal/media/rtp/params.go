package rtp

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

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

// Format is a codec with what one session calls it.
type Format struct {
	Codec       *codec.Codec
	PayloadType uint8
	FMTP        string // what the far end said of it
}

// EventFormat is a clock of telephone events with what one session calls it.
type EventFormat struct {
	PayloadType uint8
	ClockRateHz int // of timestamps and durations
}

// Params is what an offer and its answer agreed on.
type Params struct {
	Remote netip.AddrPort // from the far end's SDP; unspecified (0.0.0.0) means send nothing
	// Behind is the address of the far end's signalling, when it may be behind a
	// NAT and Remote an address that nobody reaches: media from there are learnt.
	// Invalid: they come from the address of Remote and from nowhere else.
	Behind netip.Addr
	// Control is where the far end wants RTCP (RFC 3605), when that is not the port
	// above Remote; Muxed: at the port of the sound (RFC 5761).
	Control netip.AddrPort
	Muxed   bool
	// Format is what we send. The frames of the session have its rate.
	Format
	// Understood is what the far end may send beside Format: all that was
	// agreed on may come at any time (RFC 3264 section 7).
	Understood       []Format
	EventPayloadType uint8 // of telephone-event; 0 when it was not negotiated
	EventClockRateHz int   // of its timestamps and durations; 0 is 8000
	// EventsUnderstood are the other numbers under which telephone events may come:
	// those of our own offer, and those that the far end gave for other clocks.
	EventsUnderstood []EventFormat
	Direction        Direction
}

// formats is all that the far end may send, each payload type once.
func (p Params) formats() []Format {
	all := []Format{p.Format}
	for _, f := range p.Understood {
		taken := f.PayloadType == p.EventPayloadType && p.EventPayloadType != 0
		if !taken && !slices.ContainsFunc(all, func(o Format) bool { return o.PayloadType == f.PayloadType }) {
			all = append(all, f)
		}
	}
	return all
}

func (p Params) eventClockRateHz() int { return cmp.Or(p.EventClockRateHz, 8000) }

func (p Params) validate() error {
	for _, f := range append([]Format{p.Format}, p.Understood...) {
		switch {
		case f.Codec == nil:
			return fmt.Errorf("rtp: no codec")
		case f.PayloadType > 127:
			return fmt.Errorf("rtp: payload type out of range")
		}
	}
	for _, e := range p.EventsUnderstood {
		if e.PayloadType > 127 || e.ClockRateHz <= 0 {
			return fmt.Errorf("rtp: telephone-event %d/%d makes no sense", e.PayloadType, e.ClockRateHz)
		}
	}
	switch {
	case p.EventPayloadType > 127:
		return fmt.Errorf("rtp: payload type out of range")
	case p.PayloadType == p.EventPayloadType && p.EventPayloadType != 0:
		return fmt.Errorf("rtp: payload type %d is both audio and telephone-event", p.PayloadType)
	}
	return nil
}
