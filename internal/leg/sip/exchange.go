package sip

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"strowger/internal/call"
	"strowger/internal/leg/sip/ua"
	"strowger/internal/media/rtp"
)

// Signals takes what happens on legs. LegOffered is the first signal of its
// call. Signal may wait for room; it is called on the leg's own goroutine.
type Signals interface {
	Signal(id call.ID, sig call.Signal)
}

// Config says where an exchange stands.
type Config struct {
	// UA says where SIP is spoken. Its Admit and Handler are the exchange's own.
	UA ua.Config
	// Domain is the realm and the host part of our users.
	Domain string
	// Ports gives each leg its RTP port, bound on MediaIP (unspecified: on all
	// addresses). UA.ExternalIP, when set, is what SDP says instead.
	Ports   *rtp.Ports
	MediaIP netip.Addr
	// RoomRateHz is the rate of the frames that legs give and take; 0 means
	// media.Narrowband.
	RoomRateHz int
	// MediaTimeout ends an answered leg from which no media comes; 0: never.
	MediaTimeout time.Duration
	Signals      Signals
	Log          *slog.Logger
}

// Exchange is our end of all SIP legs. New starts nothing, Listen binds, Run serves.
type Exchange struct{ cfg Config }

// New checks the configuration.
func New(cfg Config) (*Exchange, error) { return &Exchange{cfg: cfg}, nil }

// Listen binds the SIP sockets, so that Addr is known before Run.
func (x *Exchange) Listen() error { panic("sip: not yet") }

// Addr is the address of the first listener of "udp", "tcp" or "tls".
func (x *Exchange) Addr(transport string) netip.AddrPort { panic("sip: not yet") }

// Run serves until ctx is done and returns when all is quiet. It binds first
// when Listen was not called.
func (x *Exchange) Run(ctx context.Context) error { panic("sip: not yet") }

// Perform does what a call asks of a leg: Dial, Ring, AnswerLeg, RejectLeg or
// HangUp. It never blocks; what comes of it comes back as signals.
func (x *Exchange) Perform(e call.Effect) { panic("sip: not yet") }

// Media is the sound of a leg, from LegAnswered until the leg is over. It may be
// read and written after that too: it is silent then.
func (x *Exchange) Media(leg call.LegID) (*rtp.Session, bool) { panic("sip: not yet") }

// Drain refuses new calls (503) from now on, for a server that is stopping.
func (x *Exchange) Drain() { panic("sip: not yet") }

// Stats is a snapshot of the counters.
func (x *Exchange) Stats() Stats { panic("sip: not yet") }

// Stats counts what the exchange did since it was made.
type Stats struct {
	Legs          int    // now
	Offered       uint64 // incoming calls admitted
	Dialled       uint64 // outgoing calls placed
	Answered      uint64 // legs answered, either way
	Refused       uint64 // incoming calls not admitted
	Challenged    uint64 // requests asked for credentials
	WrongPassword uint64 // credentials that did not hold
	Dropped       uint64 // keys, ringing and re-INVITEs dropped by a leg that was full
	Registrations int    // bindings now
}
