package rtp

import (
	"context"
	"net/netip"
	"time"

	"strowger/internal/media/dtmf"
)

// PacketIO is where packets come from and go to: one UDP socket now, a
// connected, polled or batched one later.
type PacketIO interface {
	ReadPacket(buf []byte) (n int, from netip.AddrPort, err error)
	WritePacket(b []byte, to netip.AddrPort) error
	// Wake makes a blocked ReadPacket return os.ErrDeadlineExceeded once.
	Wake()
	LocalAddr() netip.AddrPort
	Close() error
}

// Config is what a session is for all its life.
type Config struct {
	IO           PacketIO
	RoomRateHz   int           // of the frames read and written
	MediaTimeout time.Duration // 0: never
	// OnDigit is called at the end of each digit, OnMediaTimeout once when no
	// packet came for MediaTimeout while some were due. Neither may block.
	OnDigit        func(dtmf.Digit)
	OnMediaTimeout func()
}

// Session is one leg's sound.
type Session struct{ cfg Config }

// NewSession makes a session that hears and says nothing until Update.
func NewSession(cfg Config) *Session { return &Session{cfg: cfg} }

// Run receives until ctx is done or Close is called, and closes the socket.
func (s *Session) Run(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// Update applies what was negotiated, now or again.
func (s *Session) Update(p Params) error { return p.validate() }

// ReadFrame gives the next 20 ms of what the far end says.
func (s *Session) ReadFrame(dst []int16) (voiced bool) { return false }

// WriteFrame sends 20 ms to the far end.
func (s *Session) WriteFrame(src []int16) {}

// SendDTMF sends digits in place of sound, after those that are still being
// sent. The channel gets nil when all were sent, or why not.
func (s *Session) SendDTMF(digits []dtmf.Digit, tone, gap time.Duration) <-chan error { return nil }

// Stats is a snapshot of the counters.
func (s *Session) Stats() Stats { return Stats{} }

// LocalAddr is the address to put in the SDP.
func (s *Session) LocalAddr() netip.AddrPort { return s.cfg.IO.LocalAddr() }

// Close ends Run and gives the port back. It may be called more than once.
func (s *Session) Close() error { return s.cfg.IO.Close() }
